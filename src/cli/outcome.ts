import { CommanderError } from 'commander';
import { EXIT, Refusal } from './exit-codes';
import { failureOf } from './remote/failures';

/** The end of a command that failed. */
export interface Outcome {
  /** null if it is printed already. */
  message: string | null;
  code: number;
}

/**
 * The message and the exit code for an error. The user can put some right: those are one line. Any
 * other has its stack.
 */
export async function outcomeOf(error: unknown): Promise<Outcome> {
  // Commander has printed it already.
  if (error instanceof CommanderError)
    return { message: null, code: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof Refusal) return { message: error.message, code: EXIT[error.exit] };
  const failure = failureOf(error);
  if (failure) {
    const { message, advice, exit } = failure;
    return { message: advice ? `${message} ${advice}` : message, code: EXIT[exit] };
  }
  // Loaded only now: it knows the errors of the database.
  const { serverOutcomeOf } = await import('./server/outcome.js');
  return serverOutcomeOf(error);
}
