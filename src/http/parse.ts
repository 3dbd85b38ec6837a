import { parseCookie } from 'cookie';
import type { Request } from 'express';
import type { z } from 'zod';
import { spelled } from '../domain/field';
import { findUnstorable } from '../domain/unstorable';
import { RequestError } from './request-error';

type Issue = z.core.$ZodIssue;

/**
 * Parses one part of a request. Errors: `invalid` with the path of the first wrong field. A missing
 * field beside an unknown one is probably mistyped: the error then names the unknown one, and its
 * message both.
 */
export function parsePart<T extends z.ZodType>(
  schema: T,
  input: unknown,
  part: 'body' | 'query' | 'path',
): z.output<T> {
  const result = schema.safeParse(input);
  if (result.success) return requireStorable(input, result.data, part);
  const { issues } = result.error;
  const [first] = issues;
  const unknown = isMissing(first!, input)
    ? issues.find(
        (issue) =>
          issue.code === 'unrecognized_keys' &&
          spelled(issue.path) === spelled(first!.path.slice(0, -1)),
      )
    : undefined;
  const field = pathOf(unknown ?? first!) || part;
  const also = unknown ? `, and ${pathOf(first!)} is missing` : '';
  throw new RequestError('invalid', `${field}: ${messageOf(first!, unknown, input)}${also}`, field);
}

/** Errors: `invalid`, for a text or a field name that cannot be stored unchanged. */
function requireStorable<T>(input: unknown, parsed: T, part: string): T {
  const unstorable = findUnstorable(input);
  if (unstorable === null) return parsed;
  const field = spelled(unstorable.path) || part;
  throw new RequestError('invalid', `${field}: ${unstorable.message}`, field);
}

function messageOf(first: Issue, unknown: Issue | undefined, input: unknown): string {
  if (unknown || first.code === 'unrecognized_keys') return 'there is no such field';
  return isMissing(first, input) ? 'is missing' : first.message;
}

/** The path of the field at fault; a name that is itself wrong is not repeated. */
function pathOf(issue: Issue): string {
  if (issue.code === 'invalid_key') return spelled(issue.path.slice(0, -1));
  return spelled(
    issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path,
  );
}

function isMissing({ path }: Issue, input: unknown): boolean {
  return (
    path.reduce<unknown>(
      (value, step) => (value as Record<PropertyKey, unknown> | null | undefined)?.[step],
      input,
    ) === undefined
  );
}

/**
 * Returns the seconds that the caller will wait, from the parsed query or `Prefer: wait=N` (RFC
 * 7240, 4.3); at most 60.
 */
export function waitOf(request: Request, query: unknown): number {
  const asked = (query as { wait?: number } | undefined)?.wait;
  if (asked !== undefined) return asked;
  const [, preferred] =
    /(?:^|[,;\s])wait=(\d{1,6})(?=$|[,;\s])/i.exec(request.get('Prefer') ?? '') ?? [];
  return preferred === undefined ? 0 : Math.min(60, Number(preferred));
}

const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
/** Elements of a list may be empty (RFC 9110, 5.6.1.2). */
const TAGS = new RegExp(String.raw`^[\s,]*${TAG}(?:\s*,[\s,]*${TAG})*[\s,]*$`);

/**
 * The entity tags in If-Match, without quotes; null for none or any. Weak tags match nothing (RFC
 * 9110, 13.1.1). Errors: `invalid`; `precondition_failed` where all are weak.
 */
export function ifMatchOf(request: Request): string[] | null {
  const header = request.get('If-Match');
  if (header === undefined || header.trim() === '*') return null;
  if (!TAGS.test(header))
    throw new RequestError(
      'invalid',
      'If-Match must be a list of entity tags in quotes, or *.',
      'If-Match',
    );
  const tags = header.match(new RegExp(TAG, 'g')) ?? [];
  const strong = tags.filter((tag) => !tag.startsWith('W/'));
  if (strong.length === 0)
    throw new RequestError('precondition_failed', 'A weak tag matches nothing here.', 'If-Match');
  return strong.map((tag) => tag.slice(1, -1));
}

/**
 * The value of the cookie of this name; null if there is none, or several: then another host or port
 * may have set one of them, and nobody knows which.
 */
export function cookieOf(request: Request, name: string): string | null {
  const sent = (request.get('Cookie') ?? '').split(';').map((each) => parseCookie(each)[name]);
  const found = sent.filter((value) => value !== undefined);
  return found.length === 1 ? found[0]! : null;
}
