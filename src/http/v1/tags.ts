import { RequestError } from '../request-error';
import type { Answer } from '../route';

/** An answer that shows one object: its tag for If-Match and, if it was just created, its path. */
export function tagged(body: unknown, tag: string | number, status = 200, path = ''): Answer {
  const headers: Record<string, string> = { ETag: `"${tag}"` };
  if (status === 201) headers.Location = path;
  return { status, body, headers };
}

/** The version in If-Match; null for any. Errors: `precondition_failed`. */
export function versionOf(ifMatch: string | null): number | null {
  if (ifMatch === null) return null;
  if (!/^\d{1,15}$/.test(ifMatch)) throw unknownTag();
  return Number(ifMatch);
}

/** The error for a tag that this server never issued. */
export function unknownTag(): RequestError {
  return new RequestError('precondition_failed', 'This server never issued that tag.', 'If-Match');
}
