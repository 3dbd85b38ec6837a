import type { Page } from '../service/services';
import { RequestError } from './request-error';
import type { Answer } from './route';

/** The page to read: one entry more than requested, to find out whether another page follows. */
export function pageOf({ limit, cursor }: { limit: number; cursor?: string }): Page {
  return { after: cursor === undefined ? null : decode(cursor), limit: limit + 1 };
}

/** The same for a list in which entries have numbers, and the newest come first. */
export function numberedPage(query: { limit: number; cursor?: string }): {
  after: number | null;
  limit: number;
} {
  return { after: numberedCursor(query.cursor), limit: query.limit + 1 };
}

/** The number in a cursor; null without one. Errors: `invalid`. */
export function numberedCursor(cursor: string | undefined): number | null {
  if (cursor === undefined) return null;
  const after = decode(cursor);
  if (!/^\d{1,15}$/.test(after)) throw unknownCursor();
  return Number(after);
}

/**
 * Answers with one page of a list and a link to the next (Link, RFC 8288). `url` is path and query;
 * `idOf` gives the value that orders the list.
 */
export function pageAnswer<T>(
  found: T[],
  { limit }: { limit: number },
  url: string,
  idOf: (entry: T) => string,
  render: (entry: T) => unknown,
): Answer {
  const page = found.slice(0, limit);
  const next = found.length > limit ? idOf(page[page.length - 1]!) : null;
  return pageUpTo(page, next, url, render);
}

/** Answers with the entries of one page of a list; `next`: where the next begins, null without one. */
export function pageUpTo<T>(
  page: T[],
  next: string | number | null,
  url: string,
  render: (entry: T) => unknown,
): Answer {
  const nextCursor = next === null ? null : encode(String(next));
  const body = { items: page.map(render), nextCursor };
  if (nextCursor === null) return { status: 200, body };
  const { pathname, searchParams } = new URL(url, 'http://holdfast.invalid');
  searchParams.set('cursor', nextCursor);
  return {
    status: 200,
    body,
    headers: { Link: `<${pathname}?${searchParams.toString()}>; rel="next"` },
  };
}

function encode(after: string): string {
  return Buffer.from(`1:${after}`).toString('base64url');
}

function decode(cursor: string): string {
  const [, after] = /^1:(.{1,100})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (after === undefined) throw unknownCursor();
  return after;
}

/** The error for a cursor that no page ended with. */
export function unknownCursor(): RequestError {
  return new RequestError('invalid', 'This server never issued that cursor.', 'cursor');
}
