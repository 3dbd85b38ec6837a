import fs from 'node:fs';
import { Refusal } from '../exit-codes';

/**
 * Checks that a command can read this file, which its user calls `named`. Errors: Refusal `missing`
 * if there is none, or a directory in its place.
 */
export function requireFile(file: string, named: string): void {
  const found = fs.statSync(file, { throwIfNoEntry: false });
  if (!found) throw new Refusal('missing', `There is no file ${named}.`);
  if (found.isDirectory())
    throw new Refusal('missing', `${named} is a directory. Name a file in it.`);
}
