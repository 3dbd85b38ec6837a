import fs from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig, readEnvironment, type Config, type Env } from '../config';
import {
  decodeMasterKey,
  KEY_FILE,
  loadMasterKey,
  makeKeyFile,
  readKeyFile,
} from '../crypto/master-key';
import { sealer } from '../crypto/sealing';
import { putInPlace } from '../durable';
import { rekey } from '../store/sqlite/rekey';
import { alone, databaseOf, give, tell } from './alone';
import { Refusal } from './exit-codes';

/** A new master key, and what makes it the one that the next start finds. */
interface NewKey {
  key: Buffer;
  settle(): string;
}

/** `holdfast rekey`: another master key for all that is sealed, while no server is at work. */
export function addRekey(program: Command): void {
  program
    .command('rekey')
    .description(
      'Seal everything under a new master key: NEW_MASTER_KEY, the file ' +
        'NEW_MASTER_KEY_FILE (made if missing), or one made in DATA_DIR. Cut off, it is run ' +
        'again.',
    )
    .action(run);
}

async function run(): Promise<void> {
  const config = readConfig();
  const database = databaseOf(config.dataDir);
  if (!fs.existsSync(database)) throw new Refusal('missing', `There is no database ${database}.`);
  await alone(config.dataDir, async () => {
    const from = sealer(loadMasterKey(config, () => undefined));
    const next = newKey(config, readEnvironment());
    const to = sealer(next.key);
    const sealed = rekey(database, from, to);
    tell(next.settle());
    give({ sealed, masterKey: to.keyId });
  });
}

function newKey(config: Config, env: Env): NewKey {
  const { NEW_MASTER_KEY: text, NEW_MASTER_KEY_FILE: path } = env;
  if (text && path)
    throw new Refusal(
      'config',
      'NEW_MASTER_KEY_FILE: is set beside NEW_MASTER_KEY; set one of them.',
    );
  if (text)
    return {
      key: decodeMasterKey(text, 'NEW_MASTER_KEY'),
      settle: () => 'Start the server with the new key as MASTER_KEY.',
    };
  if (path)
    return {
      key: fromFile(resolve(path)),
      settle: () => `Start the server with MASTER_KEY_FILE=${resolve(path)}.`,
    };
  if (config.masterKey || config.masterKeyFile)
    throw new Refusal(
      'config',
      'NEW_MASTER_KEY: give the new key, or NEW_MASTER_KEY_FILE, as the present one is given.',
    );
  return besideDatabase(config.dataDir);
}

/** Made where it is missing, and on disk before anything is sealed under it. */
function fromFile(path: string): Buffer {
  makeKeyFile(path);
  return readKeyFile(path, tell);
}

/**
 * Waits beside the old one, and takes its place when all is sealed; the old one is kept for the
 * backups it opens.
 */
function besideDatabase(dataDir: string): NewKey {
  const path = join(dataDir, KEY_FILE);
  const waiting = `${path}.next`;
  const key = fromFile(waiting);
  return {
    key,
    settle: () => {
      const kept = `${path}.${sealer(readKeyFile(path, tell)).keyId}`;
      fs.rmSync(kept, { force: true });
      fs.linkSync(path, kept);
      putInPlace(waiting, path);
      return (
        `The new key is ${path}. Backups made before need the old one, ${kept}: remove it ` +
        'when you remove them.'
      );
    },
  };
}
