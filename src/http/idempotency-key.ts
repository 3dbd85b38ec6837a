import canonicalize from 'canonicalize';
import type { Request } from 'express';
import type { IdempotencyKey } from '../domain/idempotency';
import type { Principal } from '../domain/people/user';
import { RequestError } from './request-error';
import { takesKey, type Route } from './route';

/**
 * The idempotency key of a call with a fingerprint of its body (canonical JSON, RFC 8785); null
 * without a key. Errors: `invalid`, also where the route takes no key: the caller would rely on it.
 */
export function idempotencyKeyOf(
  request: Request,
  route: Route,
  principal: Principal,
  fingerprint: (text: string) => string,
): IdempotencyKey | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined || route.ignoresUnread) return null;
  if (!takesKey(route))
    throw new RequestError(
      'invalid',
      `${request.method} ${route.path} takes no Idempotency-Key.`,
      'Idempotency-Key',
    );
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new RequestError(
      'invalid',
      'An Idempotency-Key has 1 to 255 visible ASCII characters.',
      'Idempotency-Key',
    );
  return {
    principal: principal.userId,
    method: request.method,
    path: pathOf(route, request),
    key,
    requestHash: fingerprint(canonical(request.body)),
  };
}

/** The path in one spelling: Express also matches capitals, escapes and a slash at the end. */
function pathOf(route: Route, { params }: Request): string {
  return route.path.replace(/\{(\w+)\}/g, (_part, name: string) =>
    encodeURIComponent(String(params[name])),
  );
}

/**
 * Returns the body in canonical form. JSON.parse accepts bodies that have no such form: with
 * numbers beyond the largest, or nested too deeply for the stack.
 */
function canonical(body: unknown): string {
  try {
    return canonicalize(body) ?? '';
  } catch {
    throw new RequestError(
      'invalid',
      'The body has a number that is too large, or is nested too deeply.',
      'body',
    );
  }
}
