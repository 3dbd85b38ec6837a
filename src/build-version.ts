import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './assets';
import { isPacked, manifest } from './executable/blob';

/** The version of this program. It loads no database, unlike the rest of its build. */
export function buildVersion(): string {
  if (isPacked) return manifest().version;
  const text = readFileSync(join(projectRoot(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
