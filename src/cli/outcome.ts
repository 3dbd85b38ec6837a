import { CommanderError } from 'commander';
import { AgeError } from '../backup/age';
import { ConfigError } from '../config-error';
import { MasterKeyError } from '../crypto/master-key';
import { DomainError } from '../domain/errors';
import { asStorageError, StorageError } from '../storage-error';
import { DamagedError } from '../sqlite/backup';
import { EXIT, Refusal } from './exit-codes';
import { failureOf } from './remote/failures';

/**
 * The message (null if it is printed already) and the exit code for an error. The user can put
 * some right: those are one line. Any other has its stack.
 */
export function outcomeOf(thrown: unknown): { message: string | null; code: number } {
  const failure = failureOf(thrown);
  if (failure) return { message: failure.message, code: EXIT[failure.exit] };
  const error = asStorageError(thrown, 'The database');
  // Commander has printed it already.
  if (error instanceof CommanderError)
    return { message: null, code: error.exitCode === 0 ? EXIT.done : EXIT.usage };
  if (error instanceof Refusal) return { message: error.message, code: EXIT[error.exit] };
  if (error instanceof DamagedError || error instanceof AgeError)
    return { message: error.message, code: EXIT.damaged };
  if (error instanceof StorageError) return { message: error.message, code: EXIT[error.exit] };
  if (
    error instanceof ConfigError ||
    error instanceof MasterKeyError ||
    error instanceof DomainError
  )
    return { message: error.message, code: EXIT.config };
  return {
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    code: EXIT.failed,
  };
}
