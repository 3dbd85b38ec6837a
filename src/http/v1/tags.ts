import { RequestError } from '../request-error';
import type { Answer } from '../route';

/** An answer with one thing: its tag for If-Match and, where it was just created, where it is. */
export function tagged(body: unknown, tag: string | number, status = 200, path = ''): Answer {
  const headers: Record<string, string> = { ETag: `"${tag}"` };
  if (status === 201) headers.Location = path;
  return { status, body, headers };
}

/** The version that If-Match asks for; null for any. Errors: `precondition_failed`. */
export function versionOf(ifMatch: string | null): number | null {
  if (ifMatch === null) return null;
  if (!/^\d{1,15}$/.test(ifMatch)) throw unknownTag();
  return Number(ifMatch);
}

/** The error for a tag that this server never gave. */
export function unknownTag(): RequestError {
  return new RequestError('precondition_failed', 'This server gave no such tag.', 'If-Match');
}
