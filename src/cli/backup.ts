import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { isRecipient } from '../backup/age';
import { makeBackup } from '../backup/make';
import { requireRecipient } from '../backup/recipient';
import { readConfig } from '../config';
import { DataDirectory } from '../data-directory';
import { give } from './alone';
import { Refusal } from './exit-codes';

interface BackupOptions {
  encryptTo?: string;
  force?: true;
}

/** `holdfast backup FILE`: copies the database as it is now, even while a server runs. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'The backup to write. It does not contain the key that opens its secrets.')
    .option(
      '--encrypt-to <recipient>',
      'Encrypt it to this age recipient (age1…). Default: that of BACKUP_ENCRYPT_TO.',
    )
    .option('--force', 'Replace the file if it exists.')
    .description('Back up the database, even while a server is running. See docs/backup.md.')
    .action(backup);
}

async function backup(path: string, { encryptTo: named, force }: BackupOptions): Promise<void> {
  const target = resolve(path);
  const config = readConfig();
  const { dataDir, backupEncryptTo } = config;
  const { database } = new DataDirectory(dataDir);
  if (!fs.existsSync(database))
    throw new Refusal('missing', `There is no database at ${database}.`);
  if (fs.existsSync(target) && (!force || fs.realpathSync(target) === fs.realpathSync(database)))
    throw new Refusal('exists', `${path} already exists.`);
  if (!fs.existsSync(dirname(target)))
    throw new Refusal('missing', `There is no directory ${dirname(path)}.`);
  if (named !== undefined && !(await isRecipient(named)))
    throw new Refusal('usage', '--encrypt-to: must be an age recipient, age1….');
  if (named === undefined) await requireRecipient(config);
  const encryptTo = named ?? backupEncryptTo;
  await makeBackup(database, target, encryptTo);
  give({ file: target, bytes: fs.statSync(target).size, encrypted: encryptTo !== undefined });
}
