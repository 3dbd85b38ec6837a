import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo, useRef } from 'preact/hooks';
import { present, skew } from '../../parts/now-signal';
import { onDrag, onKeys, onWheel } from './gestures';
import { LaneRow, percent, shareOf } from './lane';
import { ticksOf, type Tick } from './ticks';
import { pointedAt, Tip, type Pointed } from './tip';
import type { View } from './use-view';
import { useWidth } from '../../parts/use-width';
import { holds, type Window } from './window';
import type { Timeline } from './words';

const MINUTE = 60_000;
/** The least room between two marks, in px. */
const TICK_ROOM = 84;
/** A narrower strip, in px, has no room for minutes that are zero. */
const NARROW = 400;
/** The room that the text of one takes, in px. */
const TEXT_ROOM = 64;
/** How long a tip stays once nothing is pointed at, in ms, so that the pointer can reach it. */
const LINGER = 200;

/** A lane for each resource, with its holders over time. */
export function Chart({ timeline, view }: { timeline: Timeline; view: View }) {
  const { window } = view;
  const { since, until } = window;
  const strip = useRef<HTMLDivElement>(null);
  const width = useWidth(strip);
  const tips = useTips();
  const place = () => strip.current!.getBoundingClientRect();
  const now = Math.floor((present.value + skew.value) / MINUTE) * MINUTE;
  const ticks = ticksOf(window, Math.max(4, Math.floor(width / TICK_ROOM)), width < NARROW);
  // Drawn anew only when something in it has changed, not each second.
  const lanes = useMemo(
    () =>
      timeline.lanes.map((lane, index) => (
        <LaneRow key={lane.resource.id} {...{ lane, index, window, now, width }} />
      )),
    [timeline, since, until, now, width],
  );
  const hint = useId();
  return (
    <>
      <div
        class="tl"
        role="group"
        aria-label={`Timeline of ${timeline.pool}`}
        aria-describedby={hint}
        tabIndex={0}
        onWheel={onWheel(view, place)}
        onPointerDown={onDrag(view, place)}
        onKeyDown={onKeys(view, tips.hide)}
        onDragStart={(event) => event.preventDefault()}
        {...tips.events}
      >
        <div class="tl-axis">
          <span class="tl-corner">Resource</span>
          <div class="tl-ticks" ref={strip} aria-hidden="true">
            {ticks
              .filter(({ at }) => shareOf(window, at) * width < width - TEXT_ROOM)
              .map((tick) => (
                <TickText key={tick.at} window={window} {...tick} />
              ))}
          </div>
        </div>
        <div class="tl-body">
          <Grid window={window} ticks={ticks} />
          <div class="tl-lanes">{lanes}</div>
          <Waiting timeline={timeline} window={window} />
        </div>
        <Tip timeline={timeline} pointed={tips.pointed} />
      </div>
      <p class="hint tl-hint" id={hint}>
        Drag, or use ← and → to move; ctrl and the wheel, or + and − to zoom; ↓ to go through the
        lanes; Home for the present.
      </p>
    </>
  );
}

function TickText({ at, text, isDay, window }: Tick & { window: Window }) {
  return (
    <span class={isDay ? 'day' : undefined} style={{ left: percent(shareOf(window, at)) }}>
      {text}
    </span>
  );
}

function Grid({ window, ticks }: { window: Window; ticks: readonly Tick[] }) {
  return (
    <svg class="tl-grid" aria-hidden="true">
      {ticks.map(({ at, isDay }) => {
        const x = percent(shareOf(window, at));
        return <line key={at} class={isDay ? 'day' : undefined} x1={x} x2={x} y1="0" y2="100%" />;
      })}
      <Present window={window} />
    </svg>
  );
}

/** Moves on by itself, apart from everything else. */
function Present({ window }: { window: Window }) {
  const now = present.value + skew.value;
  if (!holds(window, now)) return null;
  const x = percent(shareOf(window, now));
  return <line class="now" x1={x} x2={x} y1="0" y2="100%" />;
}

/** The lane of the queue: from the present on, for nobody knows how long. */
function Waiting({
  timeline: { queue, moreQueued },
  window,
}: {
  timeline: Timeline;
  window: Window;
}) {
  if (queue.length === 0) return null;
  const begin = Math.max(0, shareOf(window, present.value + skew.value));
  return (
    <div class="tl-lane waiting">
      <span class="tl-name">Waiting</span>
      <svg class="tl-strip" aria-hidden="true">
        {begin < 1 && (
          <svg x={percent(begin)} width={percent(1 - begin)} height="100%">
            <rect class="tl-bar" width="100%" height="100%" rx="2" />
            <text x="5" y="50%">
              {moreQueued ? `more than ${queue.length}` : queue.length}
            </text>
          </svg>
        )}
      </svg>
    </div>
  );
}

/** The span that is pointed at or focused, with the events that change it. */
function useTips() {
  const pointed = useSignal<Pointed | null>(null);
  const timer = useRef<number>(undefined);
  const hide = () => {
    clearTimeout(timer.current);
    pointed.value = null;
  };
  const look = (event: Event) => {
    clearTimeout(timer.current);
    if ((event.target as Element).closest('.tl-tip')) return;
    const found = pointedAt(event);
    if (found) pointed.value = found;
    else timer.current = setTimeout(hide, LINGER);
  };
  useEffect(() => {
    addEventListener('scroll', hide, { passive: true });
    return () => {
      clearTimeout(timer.current);
      removeEventListener('scroll', hide);
    };
  }, []);
  const events = {
    onPointerOver: look,
    onFocusIn: look,
    onPointerLeave: hide,
    onFocusOut: hide,
  };
  return { pointed, hide, events };
}
