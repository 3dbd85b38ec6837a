import { inWords } from '../../parts/duration';
import { clockTime } from '../../parts/time';
import type { Schemas } from '../../server/client';

export type Timeline = Schemas['Timeline'];
export type Lane = Timeline['lanes'][number];
export type Span = Lane['spans'][number];
export type Request = Timeline['queue'][number];

/** Every kind of span, in words. */
export const KINDS: Readonly<Record<Span['kind'], string>> = {
  lease: 'lent',
  cleaning: 'being cleaned',
  maintenance: 'in maintenance',
  quarantine: 'in quarantine',
};

/** The holder as the reader may know them; empty where nobody holds it. */
export function holderOf({ kind, mine, holder }: Pick<Span, 'kind' | 'mine' | 'holder'>): string {
  if (mine) return 'you';
  return holder?.name ?? (kind === 'lease' ? 'somebody' : '');
}

/** A span in a sentence, for screen readers. */
export function aboutSpan({ resource }: Lane, span: Span): string {
  const who = holderOf(span);
  const until = span.to === null ? 'an open end' : clockTime(Date.parse(span.to));
  const what = `${KINDS[span.kind]}${who === '' ? '' : ` to ${who}`}`;
  return `${resource.name}: ${what}, ${clockTime(Date.parse(span.from))} to ${until}`;
}

/** Clocks that differ by less, in ms, put nothing into the future. */
const SLACK = 5_000;

/** The rest of a span at `now`, epoch ms. */
export function leftOf({ kind, from, to }: Span, now: number): string {
  if (Date.parse(from) > now + SLACK) return `begins in ${inWords(Date.parse(from) - now)}`;
  if (to === null) return kind === 'lease' ? 'no end' : 'nobody knows';
  const left = Date.parse(to) - now;
  return left > 0 ? inWords(left) : 'over';
}

/** The part of a request that waits for the pool, in words. */
export function wantsOf({ items }: Request): string {
  return items
    .map(({ count, types, resourceId }) =>
      resourceId === null ? `${count}\u00a0×\u00a0${types.join(' or ')}` : 'one certain resource',
    )
    .join(', ');
}
