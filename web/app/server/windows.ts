/** A part of a list: what matches among the first entries. */
export interface Window<T> {
  items: T[];
  /** May more match? */
  hasMore: boolean;
}

/** Of a list that the server cannot search, so many entries are looked at for each 100 wanted. */
const LOOK_AT = 50;

/**
 * The first `wanted` entries that match. `entries` are read page by page, no further than needed,
 * and than a multiple of what is wanted.
 */
export async function windowOf<T>(
  entries: AsyncIterable<T>,
  matches: (entry: T) => boolean,
  wanted: number,
): Promise<Window<T>> {
  const items: T[] = [];
  let seen = 0;
  for await (const entry of entries) {
    if (items.length === wanted || seen === wanted * LOOK_AT) return { items, hasMore: true };
    seen++;
    if (matches(entry)) items.push(entry);
  }
  return { items, hasMore: false };
}

/** Does any of the texts hold what is searched for, in whatever case? */
export function holds(search: string, ...texts: (string | null | undefined)[]): boolean {
  const sought = search.trim().toLowerCase();
  return sought === '' || texts.some((text) => text?.toLowerCase().includes(sought));
}
