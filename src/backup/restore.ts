import fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemRandom } from '../crypto/random';
import { sealer } from '../crypto/sealing';
import { idsBy } from '../ids';
import { systemAuthor } from '../domain/author';
import { engineFor, type Engine } from '../service/engine';
import { invalidateRestoredDatabase, type RestoreCounts } from '../service/installation/restored';
import { openInstallation } from '../service/installation/identity';
import { asOneFile, beside, DamagedError, removeAll } from '../sqlite/backup';
import { replaceDatabase } from '../sqlite/replace';
import { connect, upgrade } from '../store/sqlite/database';
import { openSqliteStore } from '../store/sqlite/sqlite-store';
import { AGE_HEADER, decryptFile } from './age';

export interface RestoreOptions {
  /** The path of the backup. */
  from: string;
  /** The database to replace, which nobody may have open. */
  database: string;
  masterKey: Buffer;
  migrations: string;
  /** age identities, if the backup is encrypted. */
  identities: string[];
}

/**
 * How far sequences skip ahead: numbers that people may have seen since the backup must not be
 * reused.
 */
const SEQUENCE_STEPS = { events: 1_000_000, users: 1_000 };

/**
 * Replaces the database with a backup and makes it fit to be served, see
 * `invalidateRestoredDatabase`. All work is done on a copy that then replaces the database in one
 * step: an interruption leaves either the one or the other. Errors: DamagedError, AgeError,
 * DomainError `conflict` (a newer schema, another master key).
 */
export async function restoreBackup({
  from,
  database,
  masterKey,
  migrations,
  identities,
}: RestoreOptions): Promise<RestoreCounts> {
  removeLeftovers(database);
  const copy = beside(database);
  try {
    await copyIn(from, copy, identities);
    asOneFile(copy);
    upgrade(copy, migrations);
    skipNumbers(copy);
    const counts = await invalidate(copy, masterKey);
    asOneFile(copy);
    replaceDatabase(database, copy);
    return counts;
  } catch (error) {
    // Names the backup: the user does not know the copy.
    throw error instanceof DamagedError ? new DamagedError(from, error.what) : error;
  } finally {
    removeAll(copy);
  }
}

async function copyIn(from: string, copy: string, identities: string[]): Promise<void> {
  if (isEncrypted(from)) return decryptFile(from, copy, identities);
  fs.copyFileSync(from, copy, fs.constants.COPYFILE_EXCL);
  fs.chmodSync(copy, 0o600);
}

/** Is this an age file? */
export function isEncrypted(path: string): boolean {
  const opened = fs.openSync(path, 'r');
  try {
    const start = Buffer.alloc(AGE_HEADER.length);
    fs.readSync(opened, start);
    return start.toString('latin1') === AGE_HEADER;
  } finally {
    fs.closeSync(opened);
  }
}

async function invalidate(copy: string, masterKey: Buffer): Promise<RestoreCounts> {
  const store = openSqliteStore(copy);
  try {
    const newId = idsBy({ now: () => store.now() });
    const engine: Engine = { store, sealer: sealer(masterKey), random: systemRandom, newId };
    if ((await store.metadata('installation')) === null)
      throw new DamagedError(basename(copy), 'it is not a Holdfast database');
    await openInstallation(store, engine.sealer, newId);
    return await invalidateRestoredDatabase(engineFor(engine, systemAuthor('holdfast restore')));
  } finally {
    await store.close();
  }
}

function skipNumbers(copy: string): void {
  const { $client: connection } = connect(copy, 5_000);
  try {
    for (const [table, step] of Object.entries(SEQUENCE_STEPS))
      connection
        .prepare('UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ?')
        .run(step, table);
  } finally {
    connection.close();
  }
}

/** Removes the copies of interrupted restores. */
function removeLeftovers(database: string): void {
  const directory = dirname(database);
  const left = fs
    .readdirSync(directory)
    .filter((name) => name.startsWith(`${basename(database)}.`) && /\.making(-\w+)?$/.test(name));
  for (const name of left) fs.rmSync(join(directory, name), { force: true });
}
