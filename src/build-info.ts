import { buildVersion } from './build-version';
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
  return { version: buildVersion(), commit: null, node, sqlite: sqliteVersion() };
}
