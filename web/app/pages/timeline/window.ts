/** A stretch of time, epoch ms. */
export interface Window {
  since: number;
  until: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const SHORTEST = 10 * MINUTE;
/** As the API allows. */
const LONGEST = 31 * DAY;
/** The part of a window that is past while it follows the present. */
const PAST = 1 / 4;

/** Lengths on offer, in ms. */
export const LENGTHS: readonly (readonly [words: string, length: number])[] = [
  ['6 h', 6 * HOUR],
  ['Day', DAY],
  ['Week', 7 * DAY],
];

export const lengthOf = ({ since, until }: Window) => until - since;
export const holds = ({ since, until }: Window, at: number) => at >= since && at <= until;

/** A window around the present, a quarter of it past; it moves on by minutes. Epoch ms. */
export function windowAround(now: number, length = DAY): Window {
  const since = Math.floor(now / MINUTE) * MINUTE - length * PAST;
  return { since, until: since + length };
}

/** The window that two instants of an address mean; null if they mean none. */
export function windowIn(since: string, until: string): Window | null {
  const [from, to] = [Date.parse(since), Date.parse(until)];
  if (Number.isNaN(from) && Number.isNaN(to)) return null;
  if (Number.isNaN(from)) return { since: to - DAY, until: to };
  if (Number.isNaN(to) || to <= from) return { since: from, until: from + DAY };
  return { since: from, until: Math.min(to, from + LONGEST) };
}

/** Moves a window by ms. */
export function moved({ since, until }: Window, by: number): Window {
  return { since: since + by, until: until + by };
}

/** Makes a window `factor` times as long, as far as that may be; what is at `at` stays in place. */
export function zoomed(window: Window, factor: number, at: number): Window {
  const { since } = window;
  const length = Math.min(LONGEST, Math.max(SHORTEST, lengthOf(window) * factor));
  const share = (at - since) / lengthOf(window);
  const start = at - share * length;
  return { since: start, until: start + length };
}

/** Around the present if that is in the window, or else around its middle. */
export function middleOf(window: Window, now: number): number {
  return holds(window, now) ? now : (window.since + window.until) / 2;
}
