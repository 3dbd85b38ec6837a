import { RequestError } from '../request-error';
import type { Answer } from '../route';

/** An answer that shows one object: its tag for If-Match and, if it was just created, its path. */
export function tagged(body: unknown, tag: string | number, status = 200, path = ''): Answer {
  const headers: Record<string, string> = { ETag: `"${tag}"` };
  if (status === 201) headers.Location = path;
  return { status, body, headers };
}

/** The versions in If-Match; null for any. Errors: `precondition_failed` if none is a version. */
export function versionsOf(ifMatch: readonly string[] | null): number[] | null {
  return knownTags(ifMatch, (tag) => (/^\d{1,15}$/.test(tag) ? Number(tag) : undefined));
}

/**
 * The tags in If-Match that `known` makes something of; null for any. Errors: `precondition_failed`
 * if there is none.
 */
export function knownTags<T>(
  ifMatch: readonly string[] | null,
  known: (tag: string) => T | undefined,
): T[] | null {
  if (ifMatch === null) return null;
  const found = ifMatch.map(known).filter((each) => each !== undefined);
  if (found.length === 0) throw unknownTag();
  return found;
}

/** The error for a tag that this server never issued. */
function unknownTag(): RequestError {
  return new RequestError('precondition_failed', 'This server never issued that tag.', 'If-Match');
}
