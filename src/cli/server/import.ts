import { existsSync, readFileSync } from 'node:fs';
import { importFile } from '../../api/import-file';
import { boot } from '../../boot';
import { readConfig } from '../../config';
import { ConfigError, type Problem } from '../../config-error';
import { DataDirectory } from '../../data-directory';
import { systemAuthor } from '../../domain/author';
import { DomainError } from '../../domain/errors';
import { spelled } from '../../domain/field';
import { parsed } from '../../pools-file/problem';
import { Refusal } from '../exit-codes';
import { importAll, type ImportCounts } from '../../legacy/import';
import { engineFor } from '../../service/engine';
import { textOf } from '../../text-file';

/** Imports a file. Errors: ConfigError, Refusal. */
export async function runImport(path: string): Promise<void> {
  const problems: Problem[] = [];
  const file = parsed(importFile, readJson(path), [], (field, message) =>
    problems.push({ file: path, field: spelled(field), message }),
  );
  if (file === undefined) throw new ConfigError(problems);
  // `presence` is not settled: a server that starts next must still be the first, and recover.
  const config = readConfig();
  if (!existsSync(new DataDirectory(config.dataDir).database))
    throw new Refusal(
      'missing',
      `There is no database in ${config.dataDir}. Start a server there first, or set DATA_DIR.`,
    );
  const { services, presence, passwords } = await boot(config, (message) =>
    process.stderr.write(`${message}\n`),
  );
  try {
    const engine = engineFor(services.engine, systemAuthor('holdfast import'));
    print(await importAll(engine, passwords, file).catch(namingFile(path)));
  } finally {
    await services.drivers.close();
    await services.engine.store.close();
    presence.leave();
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(textOf(readFileSync(path))) as unknown;
  } catch (error) {
    throw new ConfigError(
      `${path} ${error instanceof SyntaxError ? 'is not JSON' : 'cannot be read'}.`,
    );
  }
}

/** Names the file and the entry at fault. */
function namingFile(path: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof DomainError
      ? new ConfigError(`${path}: ${spelled(error.field ?? '')}: ${error.message}`)
      : error;
  };
}

function print(counts: ImportCounts): void {
  for (const [what, { imported, present }] of Object.entries(counts))
    process.stdout.write(`${what}: ${imported} imported, ${present} already there\n`);
}
