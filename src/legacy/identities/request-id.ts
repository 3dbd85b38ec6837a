import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Request } from 'express';
import { DomainError } from '../../domain/errors';
import type { IdempotencyKey } from '../../domain/idempotency';
import type { Principal } from '../../domain/people/user';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Checks that X-Request-ID names the request. Errors: `invalid`. */
export function checkRequestId(request: Request): void {
  if (!UUID.test(request.get('X-Request-ID') ?? ''))
    throw new DomainError('invalid', 'X-Request-ID is to be a UUID.', 'X-Request-ID');
}

/**
 * Makes X-Request-ID the idempotency key of a POST. The body is compared as canonical JSON (RFC
 * 8785), so the order of keys, white space and the form of numbers do not matter.
 */
export function idempotencyKey(
  { userId }: Principal,
  path: string,
  requestId: string,
  body: unknown,
): IdempotencyKey {
  const canonical = canonicalize({ method: 'POST', path, body }) ?? '';
  const requestHash = createHash('sha256').update(canonical).digest('hex');
  return { principal: userId, method: 'POST', path, key: requestId.toLowerCase(), requestHash };
}
