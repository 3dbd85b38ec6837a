import { getAsset, getRawAsset, isSea } from 'node:sea';

/** A file that is usable only on a disk: native code, a job, a migration. */
export interface PackedFile {
  /** Relative path, as in the cache directory. */
  name: string;
  /** Hex. */
  sha256: string;
}

/** The facts about a build that its executable carries; written by `npm run build:binary`. */
export interface Manifest {
  /** Names the cache directory of this build; a hash over all our files in it. */
  buildId: string;
  version: string;
  /**
   * The Git commit, followed by `-dirty` if the tree differed from it; null outside a repository.
   */
  commit: string | null;
  /** Version of the SQLite inside. */
  sqlite: string;
  /** The names of the files of the dashboard. */
  dashboard: string[];
  unpacked: PackedFile[];
}

/** Is this process the single executable? Worker threads of it are, too. */
export const isPacked: boolean = isSea();

let known: Manifest | undefined;

/** Reads the manifest; works only within the executable. */
export function manifest(): Manifest {
  return (known ??= JSON.parse(getAsset('manifest.json', 'utf8')) as Manifest);
}

/**
 * Returns a file of the executable without copying it, so it must not be written to. Throws if
 * there is no file of that name.
 */
export function packedBytes(name: string): Buffer {
  return Buffer.from(getRawAsset(name));
}
