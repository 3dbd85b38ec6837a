import type { Signal } from '@preact/signals';
import { present, skew } from '../../parts/now-signal';
import { Time } from '../../parts/time';
import { holderOf, KINDS, leftOf, type Timeline } from './words';

/** The span that is pointed at or focused: its place, and that of its bar in the page. */
export interface Pointed {
  at: string;
  box: DOMRect;
}

/** The bar of a span that an event happened on; null: on none. */
export function pointedAt({ target }: Event): Pointed | null {
  const span = (target as Element).closest<SVGAElement>('.tl-span');
  return span ? { at: span.dataset.at!, box: span.getBoundingClientRect() } : null;
}

/** The room below a bar that a tip needs, in px. */
const ROOM = 160;

/** Tells about the span that is pointed at. */
export function Tip({
  timeline,
  pointed,
}: {
  timeline: Timeline;
  pointed: Signal<Pointed | null>;
}) {
  const found = pointed.value && spanAt(timeline, pointed.value.at);
  if (!found) return null;
  const { lane, span } = found;
  const who = holderOf(span);
  return (
    <div class="tl-tip" role="tooltip" style={placeOf(pointed.value!.box)}>
      <strong>
        <bdi>{lane.resource.name}</bdi>
      </strong>{' '}
      {KINDS[span.kind]}
      {who !== '' && (
        <>
          {' '}
          to <bdi>{who}</bdi>
        </>
      )}
      <dl>
        <dt>From</dt>
        <dd>
          <Time at={span.from} as="clock" />
        </dd>
        <dt>To</dt>
        <dd>
          <Time at={span.to} as="clock" none="nobody knows" />
        </dd>
        <dt>Left</dt>
        <dd>{leftOf(span, present.value + skew.value)}</dd>
      </dl>
    </div>
  );
}

function spanAt({ lanes }: Timeline, at: string) {
  const [index, place] = at.split('.').map(Number) as [number, number];
  const lane = lanes[index];
  const span = lane?.spans[place];
  return lane && span ? { lane, span } : null;
}

/** Below the bar, or above it where that is the end of the page. */
function placeOf({ left, top, bottom }: DOMRect): Record<string, string> {
  const x = `max(0.5rem, min(${Math.round(left)}px, 100vw - 19rem))`;
  return bottom + ROOM < innerHeight
    ? { left: x, top: `${Math.round(bottom)}px` }
    : { left: x, bottom: `${Math.round(innerHeight - top)}px` };
}
