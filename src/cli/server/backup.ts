import fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isRecipient } from '../../backup/age';
import { makeBackup } from '../../backup/make';
import { requireRecipient } from '../../backup/recipient';
import { readConfig } from '../../config';
import { DataDirectory } from '../../data-directory';
import { give } from '../alone';
import { Refusal } from '../exit-codes';

interface BackupOptions {
  encryptTo?: string;
  force?: true;
}

/** Copies the database to `path`. Errors: Refusal, ConfigError, AgeError. */
export async function backup(
  path: string,
  { encryptTo: named, force }: BackupOptions,
): Promise<void> {
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
