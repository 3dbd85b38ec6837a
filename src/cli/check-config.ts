import type { Command } from 'commander';
import { readEnvironment } from '../environment';
import { connectionLimits, tooManyFor } from '../open-files';
import { misspelledIn } from '../misspelled';
import { preflight, type Prepared } from '../preflight';
import { give, tell } from './alone';

/** `holdfast check-config`: would a server start with this? Creates and changes nothing. */
export function addCheckConfig(program: Command): void {
  program
    .command('check-config')
    .description(
      'Check the environment, .env, the pools file, the master key and the database, as `serve` ' +
        'does. Changes nothing. Names every problem and exits with 78 if a server would not start.',
    )
    .action(async () => give(await check()));
}

async function check(): Promise<Record<string, unknown>> {
  for (const { name, meant } of misspelledIn(readEnvironment()))
    tell(`${name} is unknown and ignored; do you mean ${meant}?`);
  const { config, poolsFile, database } = await preflight();
  const { most: connections } = connectionLimits(config.connections);
  const excess = tooManyFor(connections);
  if (excess !== null) tell(excess);
  return {
    ok: true,
    dataDir: config.dataDir,
    pools: poolsFile === null ? null : poolsFile.pools.length,
    connections,
    database: described(database),
  };
}

function described(database: Prepared['database']): string {
  if (database === 'locked') return 'is locked by another process now, and was not looked into';
  if (database === null) return 'will be created at the first start';
  return database.missing === 0
    ? 'is up to date'
    : `will be upgraded at the next start, by ${database.missing} migrations`;
}
