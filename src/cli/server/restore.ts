import fs from 'node:fs';
import { resolve } from 'node:path';
import { assets } from '../../assets';
import { isEncrypted, restoreBackup } from '../../backup/restore';
import { readConfig } from '../../config';
import { requireMasterKey } from '../../crypto/master-key';
import { DataDirectory } from '../../data-directory';
import { alone, give, tell } from '../alone';
import { Refusal } from '../exit-codes';
import { identitiesOf } from './identities';
import { requireFile } from './input-file';

/** Replaces the database. Errors: Refusal, MasterKeyError, AgeError, DamagedError. */
export async function restore(path: string, { identity }: { identity?: string }): Promise<void> {
  const config = readConfig();
  const from = resolve(path);
  requireFile(from, path);
  if (fs.existsSync(`${from}-wal`))
    throw new Refusal(
      'damaged',
      `${path} has a log beside it, so it is a database in use and not a backup. Copy it with ` +
        '`holdfast backup`.',
    );
  if (isEncrypted(from) && identity === undefined)
    throw new Refusal('usage', `${path} is encrypted; --identity is needed.`);
  const directory = new DataDirectory(config.dataDir);
  const { database } = directory;
  const counts = await alone(directory, () =>
    restoreBackup({
      from,
      database,
      masterKey: requireMasterKey(config, tell),
      migrations: assets.migrations(),
      identities: identitiesOf(identity),
    }),
  );
  give({ restored: database, ...counts });
  tell(
    'All loans and queued requests of the backup have ended, and every resource will be cleaned ' +
      'before it is lent. Tokens and users revoked since the backup must be revoked again.',
  );
}
