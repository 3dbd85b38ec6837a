import { DomainError } from '../../../src/domain/errors';

/** The code that a decision refuses with; undefined where it does not. */
export function codeOf(decide: () => unknown): string | undefined {
  try {
    decide();
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
  return undefined;
}
