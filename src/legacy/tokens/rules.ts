import { DomainError, type ErrorCode } from '../../domain/errors';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Errors of a submission that mean "no free tokens" to this API; a missing pool is one of them. */
const EXHAUSTED: ErrorCode[] = ['unavailable_now', 'unsatisfiable', 'not_found'];

/**
 * The stored spellings that match a `value` from a caller: a UUID also matches in lower case, any
 * other value only as it is.
 */
export function spellings(value: string): string[] {
  return UUID.test(value) ? [...new Set([value, value.toLowerCase()])] : [value];
}

/** The error that this API gives for a refused block: every shortage has the same one. */
export function blockRefusal(error: unknown): unknown {
  const isExhausted = error instanceof DomainError && EXHAUSTED.includes(error.code);
  return isExhausted ? noneFree() : error;
}

/** The one error for every shortage. */
export function noneFree(): DomainError {
  return new DomainError('unavailable_now', 'No free tokens');
}
