import fs from 'node:fs';
import type { Command } from 'commander';
import { DRIVERS } from '../drivers';
import { ThreadBinding } from '../affinity';
import { requireRecipient } from '../backup/recipient';
import { readConfig, readEnvironment, type Config } from '../config';
import { ConfigError } from '../config-error';
import { loadMasterKey } from '../crypto/master-key';
import { sealer } from '../crypto/sealing';
import { DataDirectory } from '../data-directory';
import { connectionLimits, tooManyFor } from '../open-files';
import { misspelledIn } from '../misspelled';
import { loadPoolsFile } from '../pools-file/load';
import { give, tell } from './alone';

/** `holdfast check-config`: would a server start with this? Creates and changes nothing. */
export function addCheckConfig(program: Command): void {
  program
    .command('check-config')
    .description(
      'Check the environment, .env, the pools file, the master key and the database. ' +
        'Changes nothing. Exits with 78 if a server would not start.',
    )
    .action(async () => give(await check(readConfig())));
}

async function check(config: Config): Promise<Record<string, unknown>> {
  for (const { name, meant } of misspelledIn(readEnvironment()))
    tell(`${name} is unknown and ignored; do you mean ${meant}?`);
  const { most: connections } = connectionLimits(config.connections);
  const excess = tooManyFor(connections);
  if (excess !== null) tell(excess);
  await requireRecipient(config);
  if (config.bindThreads) await ThreadBinding.prepare();
  const pools =
    config.poolsFile === undefined
      ? null
      : loadPoolsFile(config.poolsFile, DRIVERS, readEnvironment()).pools.length;
  const { dataDir } = config;
  const known = fs.existsSync(dataDir);
  if (known) requireWritable(dataDir);
  const directory = new DataDirectory(dataDir);
  const state = fs.existsSync(directory.database)
    ? checkDatabase(directory, config)
    : { database: 'will be created at the first start' };
  return { ok: true, dataDir, pools, connections, ...state };
}

function requireWritable(directory: string): void {
  try {
    fs.accessSync(directory, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK);
  } catch {
    throw new ConfigError(`DATA_DIR: ${directory} is not writable.`);
  }
}

function checkDatabase(directory: DataDirectory, config: Config): Record<string, unknown> {
  const { keyId } = sealer(loadMasterKey(config, tell));
  const { missing, keyId: sealedUnder } = directory.inspect();
  if (sealedUnder !== undefined && sealedUnder !== keyId)
    throw new ConfigError(
      `MASTER_KEY: the database is sealed under master key ${sealedUnder}, not ${keyId}.`,
    );
  return {
    database:
      missing === 0
        ? 'is up to date'
        : `will be upgraded at the next start, by ${missing} migrations`,
  };
}
