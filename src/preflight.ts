import { createServer } from 'node:http';
import { ThreadBinding } from './affinity';
import { requireRecipient } from './backup/recipient';
import { readConfig, readPaths, readSettings, type Config, type Paths } from './config';
import { ConfigError, type Problem } from './config-error';
import type { Settings } from './config-schema';
import { warningsOf } from './config-warnings';
import {
  envFileProblems,
  placeOf,
  callerEnvironment,
  readEnvironment,
  withReadableFile,
  workingDirectory,
  type Env,
} from './environment';
import {
  MasterKeyError,
  presentMasterKey,
  requireMasterKey,
  type MasterKeySource,
} from './crypto/master-key';
import { sealer } from './crypto/sealing';
import { DataDirectory, type DatabaseState } from './data-directory';
import { DRIVERS } from './drivers';
import { AddressError, listen } from './listen';
import { loadPoolsFile } from './pools-file/load';
import { ifRight } from './pools-file/partial';
import type { PoolsFile } from './pools-file/parse';
import { Problems } from './problems';
import { StorageError } from './storage-error';
import { reasonOf } from './text-file';

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
  /** Odd variables, with which a server starts all the same. */
  warnings: readonly Problem[];
}

/**
 * Reads and checks everything that a start needs, up to its first write: `serve` goes on from here,
 * and `check-config` stops. `own`: the environment of the process, without `.env`. Errors:
 * ConfigError with every problem, MasterKeyError, DamagedError, StorageError.
 */
export async function preflight(own: Env = callerEnvironment()): Promise<Prepared> {
  const source = withReadableFile(workingDirectory());
  const place = (variable: string) => placeOf(variable, source, own);
  const problems = new Problems(place);
  await problems.of(undefined, () => problems.note(undefined, envFileProblems()));
  const env = readEnvironment(own, source);
  const paths = readPaths(env);
  const { settings, problems: wrong } = readSettings(own, source);
  problems.note(undefined, wrong);
  const poolsFile = await problems.of('POOLS_FILE', () =>
    paths.POOLS_FILE === undefined ? null : loadPoolsFile(paths.POOLS_FILE, DRIVERS, env),
  );
  const directory = new DataDirectory(paths.DATA_DIR);
  const isUsable = await problems.of('DATA_DIR', () => (directory.check(), true));
  const keyVariable = variableOfKey(env);
  // Before the key: whoever makes both makes the key first.
  const database =
    isUsable && (await problems.of(keyVariable, () => unlessLocked(() => directory.inspect())));
  await problems.of(keyVariable, () =>
    requireRightKey(keySourceIn(settings, paths), database || null),
  );
  const binding = await problems.of('BIND_THREADS', () =>
    settings.BIND_THREADS === 'true' ? ThreadBinding.prepare() : null,
  );
  await problems.of('BACKUP_ENCRYPT_TO', () =>
    requireRecipient({ backupEncryptTo: settings.BACKUP_ENCRYPT_TO }),
  );
  await problems.of('HOST', () => requireAddress(settings));
  const warnings = warningsOf(settings, env, place);
  problems.throwAny(warnings);
  return {
    config: readConfig(own, source),
    env,
    poolsFile: poolsFile ?? null,
    binding: binding ?? null,
    database: database || null,
    warnings,
  };
}

/** The variable that decides which master key counts. */
function variableOfKey(env: Env): string {
  return ['MASTER_KEY', 'MASTER_KEY_FILE'].find((name) => env[name]?.trim()) ?? 'DATA_DIR';
}

function keySourceIn(settings: Settings, { DATA_DIR, MASTER_KEY_FILE }: Paths): MasterKeySource {
  return {
    dataDir: DATA_DIR,
    masterKey: settings.MASTER_KEY,
    masterKeyFile: MASTER_KEY_FILE,
  };
}

/** Says why a file cannot be read, beside the code of the system. */
function inPlainWords<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof MasterKeyError)) throw error;
    const words = (_all: string, code: string) => `(${reasonOf({ code })}).`;
    throw new ConfigError(error.message.replace(/\(([A-Z]+)\)\.$/, words));
  }
}

/**
 * Reads the master key, which a start makes with a new database only, and checks that the database is
 * sealed under it. Errors: MasterKeyError, ConfigError.
 */
function requireRightKey(source: MasterKeySource, database: DatabaseState | 'locked' | null): void {
  const silently = () => undefined;
  const state = database === 'locked' ? null : database;
  const isSealed = state?.keyId !== undefined;
  const find = isSealed ? requireMasterKey : presentMasterKey;
  const key = inPlainWords(() => find(source, silently));
  if (state !== null && key !== null) requireSealedUnder(key, state);
}

/** Errors: ConfigError. */
function requireSealedUnder(key: Buffer, state: DatabaseState): void {
  const { keyId } = sealer(key);
  if (state.keyId !== undefined && state.keyId !== keyId)
    throw new ConfigError(
      `the database is sealed under master key ${state.keyId}, not ${keyId}. Set the right one.`,
    );
  if (state.isRekeying)
    throw new ConfigError(
      'a change of the master key was cut off; run `holdfast rekey` again to complete it.',
    );
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
async function requireAddress(settings: Settings): Promise<void> {
  const server = createServer();
  // A wrong port says nothing about the host.
  const port = ifRight(() => settings.PORT) ?? 0;
  try {
    await listen(server, { host: settings.HOST, port });
  } catch (error) {
    if (!(error instanceof AddressError && error.code === 'EADDRINUSE')) throw error;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
