import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ThreadBinding } from './affinity';
import { requireRecipient } from './backup/recipient';
import { readConfig, readPaths, type Config, type Paths } from './config';
import { readEnvironment, type Env } from './environment';
import { ConfigError } from './config-error';
import { KEY_FILE, loadMasterKey, type MasterKeySource } from './crypto/master-key';
import { sealer } from './crypto/sealing';
import { DataDirectory, type DatabaseState } from './data-directory';
import { DRIVERS } from './drivers';
import { AddressError, listen } from './listen';
import { loadPoolsFile } from './pools-file/load';
import type { PoolsFile } from './pools-file/parse';
import { Problems } from './problems';
import { StorageError } from './storage-error';

/** All that a start reads before it changes anything. */
export interface Prepared {
  config: Config;
  env: Env;
  /** null without POOLS_FILE. */
  poolsFile: PoolsFile | null;
  /** null unless threads are to be bound. */
  binding: ThreadBinding | null;
  /** null if there is none yet; `locked` while another process starts or upgrades it. */
  database: DatabaseState | 'locked' | null;
}

/**
 * Reads and checks everything that a start needs, up to its first write: `serve` goes on from here,
 * and `check-config` stops. Errors: ConfigError with every problem, MasterKeyError, DamagedError,
 * StorageError.
 */
export async function preflight(): Promise<Prepared> {
  const problems = new Problems();
  const env = readEnvironment();
  const paths = readPaths(env);
  const config = await problems.of(() => readConfig());
  const poolsFile = await problems.of(() =>
    paths.POOLS_FILE === undefined ? null : loadPoolsFile(paths.POOLS_FILE, DRIVERS, env),
  );
  const directory = new DataDirectory(paths.DATA_DIR);
  const isUsable = await problems.of(() => (directory.check(), true));
  const key = await problems.of(() => presentKey(config ?? keyFileOf(env, paths)));
  const database = isUsable && (await problems.of(() => databaseIn(directory, key ?? null)));
  const binding = await problems.of(() => (config?.bindThreads ? ThreadBinding.prepare() : null));
  if (config) {
    await problems.of(() => requireRecipient(config));
    await problems.of(() => requireAddress(config));
  }
  problems.throwAny();
  return {
    config: config!,
    env,
    poolsFile: poolsFile ?? null,
    binding: binding ?? null,
    database: database || null,
  };
}

/** The master key, if it exists; null if a start would make it. Errors: MasterKeyError. */
function presentKey(source: MasterKeySource): Buffer | null {
  const own = join(source.dataDir, KEY_FILE);
  const exists = source.masterKey || source.masterKeyFile || existsSync(own);
  return exists ? loadMasterKey(source, () => undefined) : null;
}

/** The source of the key where the variables are wrong: a file may be wrong besides. */
function keyFileOf(env: Env, { MASTER_KEY_FILE, DATA_DIR }: Paths): MasterKeySource {
  return { dataDir: DATA_DIR, ...(env.MASTER_KEY ? {} : { masterKeyFile: MASTER_KEY_FILE }) };
}

/**
 * The state of the database, which must be of this version or an older one, and sealed under this
 * key. Errors: ConfigError, DomainError, StorageError, DamagedError.
 */
function databaseIn(directory: DataDirectory, key: Buffer | null): DatabaseState | 'locked' | null {
  const state = unlessLocked(() => directory.inspect());
  if (state === null || state === 'locked' || !key) return state;
  const { keyId } = sealer(key);
  if (state.keyId !== undefined && state.keyId !== keyId)
    throw new ConfigError(
      `MASTER_KEY: the database is sealed under master key ${state.keyId}, not ${keyId}. Set the ` +
        'right one.',
    );
  if (state.isRekeying)
    throw new ConfigError(
      'MASTER_KEY: a change of the master key was cut off; run `holdfast rekey` again to complete it.',
    );
  return state;
}

/** Another process that starts or upgrades locks the database for a while; a start waits for it. */
function unlessLocked<T>(look: () => T): T | 'locked' {
  try {
    return look();
  } catch (error) {
    if (error instanceof StorageError && error.exit === 'inUse') return 'locked';
    throw error;
  }
}

/** Checks that this process may listen there. Whether the port is free, a start finds out. */
async function requireAddress(config: Config): Promise<void> {
  const server = createServer();
  try {
    await listen(server, config);
  } catch (error) {
    if (!(error instanceof AddressError && error.code === 'EADDRINUSE')) throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
