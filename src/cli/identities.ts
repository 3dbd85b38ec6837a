import fs from 'node:fs';
import { Refusal } from './exit-codes';

/** The secret keys of an identity file, as age-keygen writes it. */
export function identitiesOf(path: string | undefined): string[] {
  if (path === undefined) return [];
  if (!fs.existsSync(path)) throw new Refusal('missing', `There is no file ${path}.`);
  return fs
    .readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}
