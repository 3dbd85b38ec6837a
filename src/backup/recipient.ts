import { ConfigError } from '../config-error';
import { isRecipient } from './age';

/**
 * Checks the configured recipient of backups, if any, with its checksum; the configuration schema
 * checks only its shape. Errors: ConfigError.
 */
export async function requireRecipient({
  backupEncryptTo,
}: {
  backupEncryptTo: string | undefined;
}): Promise<void> {
  if (backupEncryptTo !== undefined && !(await isRecipient(backupEncryptTo)))
    throw ConfigError.of('BACKUP_ENCRYPT_TO', 'must be an age recipient, age1….');
}
