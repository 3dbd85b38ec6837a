import { ConnectionError, ProblemError } from '../../../src/client';

/** Does the error say that nobody is signed in (any more)? */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 401;
}

/** An error in words for people. */
export function messageOf(error: unknown): string {
  if (error instanceof ConnectionError) return 'The server cannot be reached.';
  if (error instanceof Error) return error.message;
  return String(error);
}
