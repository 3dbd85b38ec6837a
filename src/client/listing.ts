/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Begins the next page, as `cursor`; null on the last. */
  nextCursor: string | null;
}

/**
 * A list that is read page by page as it is iterated: `for await (const pool of …)`. Each iteration
 * begins anew.
 */
export class Listing<T> implements AsyncIterable<T> {
  constructor(private readonly read: (cursor: string | null) => Promise<Page<T>>) {}

  /** Gives the first page, after the `cursor` in the options if there is one. */
  page(): Promise<Page<T>> {
    return this.read(null);
  }

  /** Gives all entries. */
  async all(): Promise<T[]> {
    const entries: T[] = [];
    for await (const entry of this) entries.push(entry);
    return entries;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.read(cursor);
      yield* page.items;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
}
