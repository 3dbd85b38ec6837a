import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './assets';
import { isPacked, manifest } from './executable/blob';
import type { BuildInfo } from './http/system';
import { sqliteVersion } from './sqlite/open';

/** The version of this program, its commit, Node and SQLite. */
export function buildInfo(): BuildInfo {
  const node = process.version;
  if (isPacked) {
    const { version, commit, sqlite } = manifest();
    return { version, commit, node, sqlite };
  }
  return { version: packageVersion(), commit: null, node, sqlite: sqliteVersion() };
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}
