import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { importFile } from '../api/import-file';
import { boot } from '../boot';
import { readConfig } from '../config';
import { ConfigError } from '../config-error';
import { DomainError } from '../domain/errors';
import { spelled as spelledField } from '../domain/field';
import { firstProblem, spelled } from '../pools-file/problem';
import { databaseOf } from './alone';
import { Refusal } from './exit-codes';
import { importAll, type ImportCounts } from '../legacy/import';

/** `holdfast import FILE`: takes over what another system had; a running server sees it at once. */
export function addImport(program: Command): void {
  program
    .command('import')
    .argument('<file>', 'JSON: users, apiTokens, accounts, vms, tokens; see docs/import.md')
    .description(
      'Take over users, tokens and resources of another system. What is there already is left as it is.',
    )
    .action(runImport);
}

async function runImport(path: string): Promise<void> {
  const file = importFile.safeParse(parsed(path));
  if (!file.success)
    throw firstProblem(
      [],
      file.error,
      (field, message) => new ConfigError(`${path}: ${spelled(field)}: ${message}`),
    );
  // Where no server is at work we stay the only one: the next must find that it is the first, and
  // recover.
  const config = readConfig();
  if (!existsSync(databaseOf(config.dataDir)))
    throw new Refusal(
      'missing',
      `There is no database in ${config.dataDir}: start a server there first, or set DATA_DIR.`,
    );
  const { services, presence, passwords } = await boot(config, (message) =>
    process.stderr.write(`${message}\n`),
  );
  try {
    print(await importAll(services.engine, passwords, file.data).catch(namingFile(path)));
  } finally {
    await services.drivers.close();
    await services.engine.store.close();
    presence.leave();
  }
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError(
      `${path} ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}.`,
    );
  }
}

/** The entry at fault, and in which file. */
function namingFile(path: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof DomainError
      ? new ConfigError(`${path}: ${spelledField(error.field ?? '')}: ${error.message}`)
      : error;
  };
}

function print(counts: ImportCounts): void {
  for (const [what, { imported, present }] of Object.entries(counts))
    process.stdout.write(`${what}: ${imported} imported, ${present} there already\n`);
}
