import { constants, copyFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { upgrade } from '../../src/store/sqlite/database';

export const MIGRATIONS = resolve(__dirname, '../../migrations');

/**
 * Makes an empty database of the present schema: a copy of the one that tests/setup.ts made, or, in
 * a suite that runs without it, by all migrations. Errors: EEXIST if the file is there.
 */
export function makeDatabase(file: string): void {
  const template = process.env.TEST_DATABASE;
  if (template === undefined) upgrade(file, MIGRATIONS);
  else copyFileSync(template, file, constants.COPYFILE_EXCL);
}
