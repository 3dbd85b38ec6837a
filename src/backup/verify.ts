import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyChain, type ChainReport } from '../store/chain';
import { readReturnsIn } from '../store/sqlite/reading';
import { decryptFile } from './age';
import { isEncrypted } from './restore';

/**
 * Verifies the return records in a database or a backup, without changing the file. An encrypted
 * backup is decrypted into a file that is removed afterwards. Null if it is from before there were
 * records. Errors: AgeError, DamagedError, SqliteError.
 */
export async function verifyReturns(
  file: string,
  identities: string[],
): Promise<ChainReport | null> {
  if (!existsSync(file) || !isEncrypted(file)) return verify(file);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-verify-'));
  try {
    const clear = join(folder, 'backup.db');
    await decryptFile(file, clear, identities);
    return await verify(clear);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function verify(file: string): Promise<ChainReport | null> {
  const opened = readReturnsIn(file);
  try {
    return opened.reads && (await verifyChain(opened.reads));
  } finally {
    opened.close();
  }
}
