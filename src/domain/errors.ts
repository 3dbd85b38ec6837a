import type { Field } from './field';

/** Every way to refuse a caller. src/http/problems.ts maps each code to an HTTP status. */
export type ErrorCode =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'already_set_up'
  | 'precondition_failed'
  | 'idempotency_mismatch'
  | 'too_many_classes'
  | 'unsatisfiable'
  | 'unavailable_now'
  | 'not_served'
  | 'too_many_active'
  | 'too_many_queued'
  | 'queue_full'
  | 'rate_limited'
  | 'lease_over'
  | 'over_maximum'
  | 'in_use'
  | 'unsupported'
  | 'busy'
  | 'method_not_allowed'
  | 'unsupported_media_type'
  | 'too_large'
  | 'internal';

/**
 * A refusal, thrown by decisions and services: a stable code, a sentence for people and, where one
 * input is at fault, that field.
 */
export class DomainError extends Error {
  /** The longest lease allowed, in ms, where a longer one was asked for. */
  readonly limit: number | undefined;
  /** How long to wait before the next try, in ms, if that is known better than by the code. */
  readonly wait: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field?: Field,
    options?: { cause?: unknown; limit?: number; wait?: number },
  ) {
    super(message, options);
    this.limit = options?.limit;
    this.wait = options?.wait;
    this.name = 'DomainError';
  }
}

/**
 * Checks that `what` still is as the caller read it: `expected` are the versions that will do, null
 * for any. Errors: `precondition_failed`.
 */
export function requireVersion<T>(what: string, expected: readonly T[] | null, current: T): void {
  if (expected !== null && !expected.includes(current))
    throw new DomainError(
      'precondition_failed',
      `The ${what} has changed since you read it.`,
      'version',
    );
}

/** Shorthand for the error a lookup by id or name ends in. */
export function notFound(what: string, id: string): DomainError {
  return new DomainError('not_found', `There is no ${what} ${id}.`);
}
