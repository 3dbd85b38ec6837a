import fs from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig, type Config } from '../../config';
import { readEnvironment, type Env } from '../../environment';
import {
  decodeMasterKey,
  KEY_FILE,
  makeKeyFile,
  readKeyFile,
  requireMasterKey,
} from '../../crypto/master-key';
import { sealer } from '../../crypto/sealing';
import { DataDirectory } from '../../data-directory';
import { putInPlace } from '../../durable';
import { alone, give, tell } from '../alone';
import { Refusal } from '../exit-codes';

/** A new master key. */
interface NewKey {
  key: Buffer;
  /** Makes the next start find the key; returns a sentence for people. */
  settle(): string;
}

/** Seals everything under a new key. Errors: Refusal, MasterKeyError. */
export async function rekey(): Promise<void> {
  const config = readConfig();
  const directory = new DataDirectory(config.dataDir);
  if (!fs.existsSync(directory.database))
    throw new Refusal('missing', `There is no database at ${directory.database}.`);
  await alone(directory, async () => {
    const from = sealer(requireMasterKey(config, () => undefined));
    const next = newKey(config, readEnvironment());
    const to = sealer(next.key);
    const sealed = directory.rekey(from, to);
    tell(next.settle());
    give({ sealed, masterKey: to.keyId });
  });
}

function newKey(config: Config, env: Env): NewKey {
  const { NEW_MASTER_KEY: text, NEW_MASTER_KEY_FILE: path } = env;
  if (text && path)
    throw new Refusal(
      'config',
      'NEW_MASTER_KEY_FILE: NEW_MASTER_KEY is set as well; set only one of them.',
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
      'NEW_MASTER_KEY: set it, or NEW_MASTER_KEY_FILE, because the present key comes from the ' +
        'environment.',
    );
  return besideDatabase(config.dataDir);
}

/** Reads the key, or makes it: it is on disk before anything is sealed under it. */
function fromFile(path: string): Buffer {
  makeKeyFile(path);
  return readKeyFile(path, tell);
}

/**
 * A key file beside the old one that replaces it when everything is sealed. The old one is kept for
 * the backups that need it.
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
        `The new key is in ${path}. Earlier backups need the old one, ${kept}: remove it when ` +
        'you remove them.'
      );
    },
  };
}
