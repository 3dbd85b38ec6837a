import { ConfigError } from '../config-error';
import { isRecipient } from './age';

/**
 * Can backups be encrypted to whom the configuration names? Its shape was looked at before, not its
 * checksum. Errors: ConfigError.
 */
export async function requireRecipient({
  backupEncryptTo,
}: {
  backupEncryptTo: string | undefined;
}): Promise<void> {
  if (backupEncryptTo !== undefined && !(await isRecipient(backupEncryptTo)))
    throw new ConfigError('BACKUP_ENCRYPT_TO: must be an age recipient, age1….');
}
