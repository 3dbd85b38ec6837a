import { hrefOf, pathOf } from '../../address/address';
import { lengthOf, type Window } from './window';
import { aboutSpan, holderOf, KINDS, type Lane, type Span } from './words';

/** The width of a character of a label, in px; labels that do not fit are cut. */
const CHARACTER = 7;
const PADDING = 10;
/** The room of the mark of an own loan, in px. */
const MARK = 6;

/** All that a lane is drawn with. `now`: epoch ms; `width` of the strip, in px. */
export interface Drawing {
  window: Window;
  now: number;
  width: number;
}

/** A resource, and what it is busy with. */
export function LaneRow({ lane, index, ...drawing }: Drawing & { lane: Lane; index: number }) {
  const { resource, spans } = lane;
  return (
    <div class="tl-lane">
      <a
        class="tl-name tl-stop"
        tabIndex={-1}
        href={hrefOf(pathOf('resources', resource.id))}
        title={`${resource.name} (${resource.type}): ${resource.status}`}
      >
        <NameInLane name={resource.name} />
      </a>
      <svg class="tl-strip">
        {spans.map((span, at) => (
          <SpanBar key={at} lane={lane} span={span} at={`${index}.${at}`} {...drawing} />
        ))}
      </svg>
    </div>
  );
}

interface BarProps extends Drawing {
  lane: Lane;
  span: Span;
  /** Its place: the numbers of lane and span. */
  at: string;
}

function SpanBar({ lane, span, at, window, now, width }: BarProps) {
  const { from, to } = boundsOf(span, now);
  const begin = Math.max(0, shareOf(window, from));
  const end = Math.min(1, shareOf(window, to));
  if (end <= begin) return null;
  const isOpen = span.to === null && span.kind !== 'cleaning';
  const kind = span.mine ? 'mine' : span.kind;
  const label = cut(labelOf(span), (end - begin) * width - PADDING - (span.mine ? MARK : 0));
  const place = { x: percent(begin), width: percent(end - begin), height: '100%' };
  return (
    <g class={`${kind}${isOpen ? ' open' : ''}`}>
      <a
        class="tl-span tl-stop"
        href={linkOf(lane, span)}
        tabIndex={-1}
        aria-label={aboutSpan(lane, span)}
        data-at={at}
      >
        <svg {...place}>
          <rect class="tl-bar" width="100%" height="100%" rx="2" />
          {span.mine && <rect class="tl-mark" width="4" height="100%" />}
        </svg>
      </a>
      {label !== '' && (
        <svg {...place} aria-hidden="true">
          <text x={span.mine ? 9 : 5} y="50%">
            {label}
          </text>
        </svg>
      )}
    </g>
  );
}

/** Epoch ms. A cleaning whose end nobody knows reaches to the present. */
function boundsOf({ kind, from, to }: Span, now: number): { from: number; to: number } {
  const begin = Date.parse(from);
  if (to !== null) return { from: begin, to: Date.parse(to) };
  return { from: begin, to: kind === 'cleaning' ? Math.max(now, begin) : Infinity };
}

/** The place of an instant in a window: 0 at its beginning, 1 at its end. */
export function shareOf(window: Window, at: number): number {
  return (at - window.since) / lengthOf(window);
}

export const percent = (share: number) => `${Math.round(share * 1e5) / 1e3}%`;

/** A name of which the number at its end is seen however little room there is. */
function NameInLane({ name }: { name: string }) {
  const end = name.lastIndexOf('-');
  if (end < 1) return <bdi>{name}</bdi>;
  return (
    <>
      <bdi>{name.slice(0, end)}</bdi>
      <bdi class="tl-number">{name.slice(end)}</bdi>
    </>
  );
}

function labelOf(span: Span): string {
  if (span.kind !== 'lease') return KINDS[span.kind];
  const who = holderOf(span);
  return span.mine ? 'You' : who;
}

const SEGMENTS = new Intl.Segmenter();

/** As much of a text as fits into `width` px; empty if that says nothing. */
function cut(text: string, width: number): string {
  const room = Math.floor(width / CHARACTER);
  if (room < 2) return '';
  if (text.length <= room) return text;
  const letters = [...SEGMENTS.segment(text)].map(({ segment }) => segment);
  return letters.length <= room ? text : `${letters.slice(0, room - 1).join('')}…`;
}

function linkOf({ resource }: Lane, { reservationId }: Span): string {
  return reservationId === null
    ? hrefOf(pathOf('resources', resource.id))
    : hrefOf(pathOf('reservations', reservationId));
}
