import fs from 'node:fs';
import { Refusal } from '../exit-codes';
import { requireFile } from './input-file';

/**
 * The secret keys of an identity file, as age-keygen writes it; none without a path. Errors: Refusal
 * for a file that is missing, or holds none.
 */
export function identitiesOf(path: string | undefined): string[] {
  if (path === undefined) return [];
  requireFile(path, path);
  const identities = fs
    .readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (identities.length === 0)
    throw new Refusal('damaged', `--identity: ${path} holds no age identity, AGE-SECRET-KEY-1….`);
  return identities;
}
