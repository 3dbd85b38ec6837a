import { layOut, SIZES, type Bar } from '../../domain/timeline/layout';
import { SPAN_KINDS, type SpanKind } from '../../domain/timeline/spans';
import type { Lane, SeenSpan, Timeline } from '../../service/pools/timelines';
import type { SeenRequest } from '../../service/pools/pool-loans';
import { fitted, inXml, widthOf, xml } from './picture-text';

const FONT = 12;
const LINE = 20;
/** The most room, in pixels, for the name of somebody who waits, and for what they want. */
const NAME = 320;
const WANTS = 360;

const WORDS: Record<SpanKind, string> = {
  lease: 'lent',
  quarantine: 'in quarantine',
  cleaning: 'being cleaned',
  maintenance: 'in maintenance',
};

/** Colours of a light reader, and of a dark one: for bars, and for the text on a lease. */
const STYLE = `
text{font:${FONT}px "DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#1f2328;unicode-bidi:isolate}
.page{fill:#fff}.band{fill:#f4f6f8}.line{stroke:#d5dae0}.soft{fill:#59636e}.now{stroke:#cf222e}
.lease{fill:#2f6fde}.mine{fill:#1a7f4b}.cleaning{fill:#c9d1d9}.maintenance{fill:#e0b03a}
.quarantine{fill:#d1493f}.on{fill:#fff}.cut{stroke:#fff;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.band{fill:#161b22}
.line{stroke:#30363d}.soft{fill:#9198a1}.now{stroke:#ff7b72}.lease{fill:#2b62c4}.mine{fill:#1a7f4b}
.cleaning{fill:#484f58}.maintenance{fill:#9e7413}.quarantine{fill:#b62e25}.cut{stroke:#0d1117}}`.replaceAll(
  '\n',
  '',
);

/** Draws a timeline as SVG, without scripts and without anything from elsewhere. */
export function pictureOf(timeline: Timeline): string {
  const { lanes, now, since, until, pool } = timeline;
  const layout = layOut(lanes, { since, until }, now);
  const notes = notesOf(timeline);
  const notesAt = layout.height + LINE;
  const height = notesAt + notes.length * LINE - LINE / 2;
  const { width } = layout;
  const title = inXml`Pool ${pool}: ` + `${dateOf(since)} to ${dateOf(until)}, UTC`;
  const size = `width="${width}" height="${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${size} role="img">`,
    `<title>${title}</title><style>${STYLE}</style>`,
    `<rect class="page" ${size}/>`,
    text(SIZES.margin, 22, fitted(pool, SIZES.names - 2 * SIZES.margin), 'soft'),
    ...layout.rows.flatMap(({ y }, index) => band(y, index, width)),
    ...layout.ticks.map(({ x, text: label }) => tick(x, label, layout.height)),
    ...layout.rows.map(({ y, bars }, index) => row(lanes[index]!, y, bars)),
    ...(layout.nowX === null ? [] : [nowLine(layout.nowX, layout.height, now)]),
    ...notes.map((note, index) => note(notesAt + index * LINE)),
    '</svg>',
  ].join('\n');
}

function band(y: number, index: number, width: number): string[] {
  if (index % 2 === 1) return [];
  return [`<rect class="band" y="${y}" width="${width}" height="${SIZES.row}"/>`];
}

function tick(x: number, label: string, height: number): string {
  const half = widthOf(label, FONT) / 2;
  // A label at an edge stays inside.
  const at = Math.min(Math.max(x, SIZES.names + half), SIZES.width - SIZES.margin / 2 - half);
  const line = `<line class="line" x1="${x}" x2="${x}" y1="${SIZES.head - 6}" y2="${height}"/>`;
  return line + text(at - half, 22, label, 'soft');
}

function row({ resource, spans }: Lane, y: number, bars: readonly Bar<SeenSpan>[]): string {
  const { margin, names } = SIZES;
  const { name, type, status } = resource;
  const label = text(margin, y + 16, fitted(name, names - 2 * margin));
  const about =
    inXml`${name} (${type}): ` + status + (spans.length === 0 ? '; nothing in this time' : '');
  return `<g><title>${about}</title>${label}${bars.map(barOf).join('')}</g>`;
}

function barOf({ span, isOpen, x, y, width, height }: Bar<SeenSpan>): string {
  const { kind, from, to, seen } = span;
  const name = seen?.person?.name ?? '';
  const who = name === '' ? '' : inXml` to ${name}`;
  const about = `${WORDS[kind]}${who}, ${dateOf(from)} to ${to === null ? 'an open end' : dateOf(to)}`;
  const classes = seen?.isOwn ? 'mine' : kind;
  const rect = `<rect class="${classes}" x="${x}" y="${y}" width="${width}" height="${height}" rx="2"/>`;
  const label = fitted(name, width - 8);
  const shown = label === '' ? '' : text(x + 4, y + 12, label, 'on');
  return `<g><title>${about}</title>${rect}${isOpen ? tornEdge(x + width, y, width) : ''}${shown}</g>`;
}

function nowLine(x: number, height: number, now: number): string {
  const line = `<line class="now" x1="${x}" x2="${x}" y1="${SIZES.head - 6}" y2="${height}"/>`;
  return `<g><title>now, ${dateOf(now)} UTC</title>${line}</g>`;
}

/** Marks a bar that goes on. */
function tornEdge(end: number, y: number, width: number): string {
  if (width < 24) return '';
  const cuts = [4, 8, 12].map((back) => `M${Math.round((end - back) * 10) / 10} ${y}v${SIZES.bar}`);
  return `<path class="cut" d="${cuts.join('')}"/>`;
}

/** The lines below the lanes: each draws itself at a height. */
function notesOf({ lanes, leftOut, requests, moreRequests }: Timeline): ((y: number) => string)[] {
  const line = (content: string) => (y: number) => text(SIZES.margin, y, content, 'soft');
  const none = lanes.length === 0 ? [line('This pool has no resources.')] : [];
  const more = leftOut > 0 ? [line(`Not shown: ${leftOut} more of its resources.`)] : [];
  const waiting = requests.length === 0 ? [] : [line('Waiting:')];
  const rest = moreRequests ? [line('More requests wait.')] : [];
  return [
    legend,
    ...none,
    ...more,
    ...waiting,
    ...requests.map((request) => (y: number) => written(SIZES.margin, y, requestText(request))),
    ...rest,
  ];
}

/** As XML. */
function requestText({ position, person, isOwn, since, items, parked }: SeenRequest): string {
  const who = person?.name ?? (isOwn ? 'you' : 'somebody');
  const wants = items.map(({ count, types }) => `${count} x ${types.join(' or ')}`).join(', ');
  const end = `, since ${dateOf(since)}${parked ? ', parked' : ''}`;
  return `${position}. ` + inXml`${fitted(who, NAME)}: ${fitted(wants, WANTS)}` + end;
}

/** Names the colours, and the zone of all times. */
function legend(y: number): string {
  let x: number = SIZES.margin;
  const parts = [...SPAN_KINDS, 'mine' as const].map((kind) => {
    const word = kind === 'mine' ? 'lent to you' : WORDS[kind];
    const part = `<rect class="${kind}" x="${x}" y="${y - 10}" width="12" height="12" rx="2"/>`;
    const label = text(x + 17, y, word, 'soft');
    x += 17 + widthOf(word, FONT) + 18;
    return part + label;
  });
  const zone = 'times in UTC';
  const end = SIZES.width - SIZES.margin - widthOf(zone, FONT);
  return parts.join('') + text(end, y, zone, 'soft');
}

function text(x: number, y: number, content: string, classes = ''): string {
  return written(x, y, xml(content), classes);
}

/** Writes what is XML already. */
function written(x: number, y: number, content: string, classes = ''): string {
  const named = classes === '' ? '' : ` class="${classes}"`;
  return `<text x="${Math.round(x * 10) / 10}" y="${y}"${named}>${content}</text>`;
}

function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
