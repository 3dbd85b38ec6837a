import type { SpanKind, Stretch, Window } from './spans';
import { ticksOf, type Tick } from './ticks';

/** Sizes in pixels. */
export const SIZES = { width: 1000, names: 190, head: 34, row: 24, bar: 16, margin: 10 } as const;
/** The narrowest bar: one that is shorter could not be seen, or pointed at. */
const LEAST_BAR = 2;
const MOST_TICKS = 9;

/** A span, as far as it is drawn. */
export interface DrawnSpan extends Stretch {
  kind: SpanKind;
}

/** A rectangle, in pixels. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A bar of a lane. `isOpen`: it goes on beyond what is drawn, or nobody knows how long. */
export interface Bar<S> extends Box {
  span: S;
  isOpen: boolean;
}

/** Where everything is, in pixels. */
export interface Layout<S> {
  width: number;
  /** The height of the lanes with their axis. */
  height: number;
  rows: { y: number; bars: Bar<S>[] }[];
  ticks: (Tick & { x: number })[];
  /** null: the present is not in the window. */
  nowX: number | null;
}

/**
 * Places lanes in a window of time, one below the other. No bar of a lane covers another, and none
 * leaves the box. `now` in epoch ms: a cleaning whose end nobody knows reaches that far.
 */
export function layOut<S extends DrawnSpan>(
  lanes: readonly { spans: readonly S[] }[],
  window: Window,
  now: number,
): Layout<S> {
  const { width, names, head, row, margin } = SIZES;
  const left = names;
  const right = width - margin;
  const xOf = (at: number) =>
    left + ((at - window.since) / (window.until - window.since)) * (right - left);
  const isNow = now >= window.since && now <= window.until;
  return {
    width,
    height: head + lanes.length * row,
    rows: lanes.map(({ spans }, index) => {
      const y = head + index * row;
      return { y, bars: barsOf(spans, { window, now, y, left, right, xOf }) };
    }),
    ticks: ticksOf(window, MOST_TICKS).map((tick) => ({ ...tick, x: rounded(xOf(tick.at)) })),
    nowX: isNow ? rounded(xOf(now)) : null,
  };
}

interface Place {
  window: Window;
  now: number;
  y: number;
  left: number;
  right: number;
  xOf: (at: number) => number;
}

function barsOf<S extends DrawnSpan>(spans: readonly S[], place: Place): Bar<S>[] {
  const { window, now, right, left, xOf } = place;
  const y = place.y + (SIZES.row - SIZES.bar) / 2;
  const bars: Bar<S>[] = [];
  for (const span of spans) {
    const end = span.to ?? (span.kind === 'cleaning' ? Math.max(now, span.from) : Infinity);
    const before = bars.at(-1);
    const free = before ? before.x + before.width : left;
    const x = Math.max(free, rounded(xOf(Math.max(span.from, window.since))));
    const to = Math.max(rounded(xOf(Math.min(end, window.until))), x + LEAST_BAR);
    const width = rounded(Math.min(to, right) - x);
    // Many short ones on a few pixels: those that find no room are left out.
    if (width <= 0) continue;
    const isOpen = span.to === null || end > window.until;
    bars.push({ span, isOpen, x, y, width, height: SIZES.bar });
  }
  return bars;
}

function rounded(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
