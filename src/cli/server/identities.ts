import fs from 'node:fs';
import { requireFile } from './input-file';

/** The secret keys of an identity file, as age-keygen writes it. */
export function identitiesOf(path: string | undefined): string[] {
  if (path === undefined) return [];
  requireFile(path, path);
  return fs
    .readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}
