import fs from 'node:fs';
import { putInPlace } from '../durable';
import { backUp, beside, removeAll } from '../sqlite/backup';
import { encryptFile } from './age';

/**
 * Backs up a database to `target`. On failure `target` stays as it was before. With a recipient
 * (`age1…`) the backup is encrypted; its plain copy is then briefly kept beside the database, and
 * never beside the target. Errors: DamagedError, AgeError, or the system's.
 */
export async function makeBackup(
  source: string,
  target: string,
  encryptTo: string | undefined,
): Promise<void> {
  if (encryptTo === undefined) return backUp(source, target);
  const plain = beside(source);
  const sealed = beside(target);
  try {
    await backUp(source, plain);
    await encryptFile(plain, sealed, encryptTo);
    putInPlace(sealed, target);
  } finally {
    removeAll(plain);
    fs.rmSync(sealed, { force: true });
  }
}
