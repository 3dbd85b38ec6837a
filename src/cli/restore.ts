import fs from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { assets } from '../assets';
import { isEncrypted, restoreBackup } from '../backup/restore';
import { readConfig } from '../config';
import { loadMasterKey } from '../crypto/master-key';
import { alone, databaseOf, give, tell } from './alone';
import { Refusal } from './exit-codes';

/**
 * `holdfast restore FILE`: puts a backup in the place of the database, while no server is at work.
 */
export function addRestore(program: Command): void {
  program
    .command('restore')
    .argument(
      '<file>',
      'A backup made by `holdfast backup`, or a database file that Litestream gave back.',
    )
    .option('--identity <file>', 'File of the age identity that opens it, if it is encrypted.')
    .description(
      'Replace the database by a backup. All loans in it end, and everything is cleaned ' +
        'before it is lent again.',
    )
    .action(restore);
}

async function restore(path: string, { identity }: { identity?: string }): Promise<void> {
  const config = readConfig();
  const from = resolve(path);
  if (!fs.existsSync(from)) throw new Refusal('missing', `There is no file ${path}.`);
  if (fs.existsSync(`${from}-wal`))
    throw new Refusal(
      'damaged',
      `${path} has a log beside it: it is a database in use, not a backup. Copy it with \`holdfast backup\`.`,
    );
  if (isEncrypted(from) && identity === undefined)
    throw new Refusal('usage', `${path} is encrypted; give --identity.`);
  const database = databaseOf(config.dataDir);
  const counts = await alone(config.dataDir, () =>
    restoreBackup({
      from,
      database,
      masterKey: loadMasterKey(config, tell),
      migrations: assets.migrations(),
      identities: identitiesOf(identity),
    }),
  );
  give({ restored: database, ...counts });
  tell(
    'All loans and waiting requests of the backup have ended, and everything is cleaned ' +
      'before it is lent. Revoke again what was revoked since the backup was made.',
  );
}

/** The secret keys of an identity file, as age-keygen writes it. */
function identitiesOf(path: string | undefined): string[] {
  if (path === undefined) return [];
  if (!fs.existsSync(path)) throw new Refusal('missing', `There is no file ${path}.`);
  return fs
    .readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}
