import type { Config } from '../../config';
import { inOneLine } from '../../config-error';
import { envFile } from '../../environment';
import { connectionLimits } from '../../open-files';
import { preflight, type Prepared } from '../../preflight';
import { give, tell } from '../alone';

/** Checks all that a server would, and prints it. Errors: those of `preflight`. */
export async function checkConfig(): Promise<void> {
  const { config, poolsFile, database, warnings } = await preflight();
  for (const warning of warnings) tell(`holdfast: ${inOneLine(warning)}`);
  const { most: connections } = connectionLimits(config.connections);
  give({
    ok: true,
    checked: checkedIn(config),
    dataDir: config.dataDir,
    pools: poolsFile === null ? null : poolsFile.pools.length,
    connections,
    database: described(database),
  });
}

/** Everything that was looked at, by the names that a report would use. */
function checkedIn({ poolsFile, masterKeyFile, dataDir, host, port }: Config): string[] {
  const files = [envFile(), poolsFile, masterKeyFile, dataDir].filter((path) => path !== undefined);
  return ['environment', ...files, `${host}:${port}`];
}

function described(database: Prepared['database']): string {
  if (database === 'locked') return 'is locked by another process now, and was not looked into';
  if (database === null) return 'will be created at the first start';
  return database.missing === 0
    ? 'is up to date'
    : `will be upgraded at the next start, by ${database.missing} migrations`;
}
