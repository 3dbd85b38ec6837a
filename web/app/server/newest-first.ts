import { useRef } from 'preact/hooks';
import type { Change } from './overview';
import { useRead, type Read } from './query';

/** A page of records; `nextCursor` leads to older ones, null on the last page. */
interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

interface Kept<T> {
  key: string;
  items: readonly T[];
  next: string | null;
}

/** Records, the newest first, as far back as was asked for; `more` reads older ones, null: none. */
export interface NewestFirst<T> extends Read<readonly T[]> {
  more: (() => void) | null;
}

/**
 * Reads records that never change, the newest first, and when a change concerns them only those
 * that are new. `key`: the filter; `readPage` gives the page at a cursor, the first for undefined.
 */
export function useNewestFirst<T extends { seq: number }>(
  key: string,
  readPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  concerns: (change: Exclude<Change, null>) => boolean,
): NewestFirst<T> {
  const kept = useRef<Kept<T>>({ key, items: [], next: null });
  const wantsMore = useRef(false);
  const read = useRead(
    key,
    async (signal) => {
      const before = kept.current.key === key ? kept.current : { key, items: [], next: null };
      const page = (cursor?: string) => readPage(cursor, signal);
      const head = await withNewest(before, page);
      const wanted = wantsMore.current && head.next !== null;
      kept.current = wanted ? appended(head, await page(head.next!)) : head;
      wantsMore.current = false;
      return kept.current;
    },
    concerns,
  );
  const more = () => {
    wantsMore.current = true;
    read.again();
  };
  return { ...read, data: read.data?.items, more: read.data?.next ? more : null };
}

/** Reads from the newest to the first one that is known. */
async function withNewest<T extends { seq: number }>(
  before: Kept<T>,
  page: (cursor?: string) => Promise<Page<T>>,
): Promise<Kept<T>> {
  let head = appended({ ...before, items: [], next: null }, await page());
  const known = before.items[0]?.seq;
  if (known === undefined) return head;
  while (head.next !== null && head.items.every(({ seq }) => seq > known))
    head = appended(head, await page(head.next));
  const oldest = head.items.at(-1)?.seq ?? Infinity;
  const older = before.items.filter(({ seq }) => seq < oldest);
  return older.length === 0
    ? head
    : { ...before, items: [...head.items, ...older], next: before.next };
}

function appended<T>(to: Kept<T>, { items, nextCursor }: Page<T>): Kept<T> {
  return { ...to, items: [...to.items, ...items], next: nextCursor };
}
