import { AgeError } from '../../backup/age';
import { ConfigError } from '../../config-error';
import { MasterKeyError } from '../../crypto/master-key';
import { DomainError } from '../../domain/errors';
import { asStorageError, StorageError } from '../../storage-error';
import { DamagedError } from '../../sqlite/backup';
import { EXIT } from '../exit-codes';

/** The message and the exit code for an error of a command that runs or repairs a server. */
export function serverOutcomeOf(thrown: unknown): { message: string; code: number } {
  const error = asStorageError(thrown, 'The database');
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
