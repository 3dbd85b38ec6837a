import fs from 'node:fs';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { makeBackup } from '../backup/make';
import { readConfig } from '../config';
import { databaseOf, give } from './alone';
import { Refusal } from './exit-codes';

interface BackupOptions {
  encryptTo?: string;
  force?: true;
}

/** `holdfast backup FILE`: copies the database as it is now, while a server goes on. */
export function addBackup(program: Command): void {
  program
    .command('backup')
    .argument('<file>', 'Where the backup goes. The key that opens its secrets is not in it.')
    .addOption(new Option('--encrypt-to <recipient>', 'Encrypt it to this age recipient (age1…).').env('BACKUP_ENCRYPT_TO'))
    .option('--force', 'Replace the file if it is there.')
    .description('Back the database up, also while a server is at work; see docs/backup.md.')
    .action(backup);
}

async function backup(path: string, { encryptTo, force }: BackupOptions): Promise<void> {
  const target = resolve(path);
  const database = databaseOf(readConfig().dataDir);
  if (!fs.existsSync(database)) throw new Refusal('missing', `There is no database ${database}.`);
  if (fs.existsSync(target) && (!force || fs.realpathSync(target) === fs.realpathSync(database))) throw new Refusal('exists', `${path} is there already.`);
  await makeBackup(database, target, encryptTo);
  give({ file: target, bytes: fs.statSync(target).size, encrypted: encryptTo !== undefined });
}
