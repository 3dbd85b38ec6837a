import { DomainError, type ErrorCode } from '../../domain/errors';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Submission errors that mean here that no token is free, or that the pool does not exist. */
const EXHAUSTED: ErrorCode[] = ['unavailable_now', 'unsatisfiable', 'not_found'];

/**
 * The spellings by which a token may be stored that a caller names by `value`: a UUID is the same
 * in capitals, any other value counts as it is.
 */
export function spellings(value: string): string[] {
  return UUID.test(value) ? [...new Set([value, value.toLowerCase()])] : [value];
}

/** How this API words a refused block: everything that leaves no token free is the same error. */
export function blockRefusal(error: unknown): unknown {
  const isExhausted = error instanceof DomainError && EXHAUSTED.includes(error.code);
  return isExhausted ? new DomainError('unavailable_now', 'No free tokens') : error;
}
