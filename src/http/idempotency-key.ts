import canonicalize from 'canonicalize';
import type { Request } from 'express';
import type { IdempotencyKey } from '../domain/idempotency';
import type { Principal } from '../domain/people/user';
import { RequestError } from './request-error';

/**
 * The idempotency key of a POST with a fingerprint of its body (canonical JSON, RFC 8785); null
 * without a key. Errors: `invalid`.
 */
export function idempotencyKeyOf(
  request: Request,
  principal: Principal,
  fingerprint: (text: string) => string,
): IdempotencyKey | null {
  const key = request.get('Idempotency-Key');
  if (request.method !== 'POST' || key === undefined) return null;
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw new RequestError(
      'invalid',
      'An Idempotency-Key has 1 to 255 visible ASCII characters.',
      'Idempotency-Key',
    );
  return {
    principal: principal.userId,
    method: request.method,
    path: request.path,
    key,
    requestHash: fingerprint(canonical(request.body)),
  };
}

/**
 * Gives the body in canonical form. JSON.parse accepts bodies that have no such form: with numbers
 * beyond the largest, or nested too deeply for the stack.
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
