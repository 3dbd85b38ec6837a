import fs from 'node:fs';
import { putInPlace } from '../durable';
import { backUp, beside, removeAll } from '../sqlite/backup';
import { encryptFile } from './age';

/**
 * Backs a database up into `target`, which is there whole afterwards, or as it was before.
 * Encrypted where a recipient (`age1…`) is given: then the clear copy lies beside the database for
 * a moment, and never beside the target.
 */
export async function makeBackup(
  source: string,
  target: string,
  encryptTo: string | undefined,
): Promise<void> {
  if (encryptTo === undefined) return backUp(source, target);
  const clear = beside(source);
  const sealed = beside(target);
  try {
    await backUp(source, clear);
    await encryptFile(clear, sealed, encryptTo);
    putInPlace(sealed, target);
  } finally {
    removeAll(clear);
    fs.rmSync(sealed, { force: true });
  }
}
