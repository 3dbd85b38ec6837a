/**
 * Every way a caller can be told no. The table from code to HTTP status stands in
 * src/http/problems.ts.
 */
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
 * A rule said no. Thrown by decisions and services; carries a stable code, a sentence for people
 * and, where one input is at fault, the path of that field (`items[0].count`).
 */
export class DomainError extends Error {
  /**
   * How long it may be at most, in ms, where it was asked for too long: for who counts in other
   * units.
   */
  readonly limit: number | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field?: string,
    options?: { cause?: unknown; limit?: number },
  ) {
    super(message, options);
    this.limit = options?.limit;
    this.name = 'DomainError';
  }
}

/** Shorthand for the error a lookup by id or name ends in. */
export function notFound(what: string, id: string): DomainError {
  return new DomainError('not_found', `There is no ${what} ${id}.`);
}
