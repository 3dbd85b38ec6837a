import { getAsset, getRawAsset, isSea } from 'node:sea';

/** A file that has to lie on a disk to be used: native code, a job, a migration. */
export interface PackedFile {
  /** Relative path, as in the cache directory. */
  name: string;
  /** Hex. */
  sha256: string;
}

/** The executable's description of itself; made by `npm run build:binary`. */
export interface Manifest {
  /** Names the cache directory of this build; a hash over everything of ours in it. */
  buildId: string;
  version: string;
  /**
   * The Git commit, `-dirty` after it where the tree was not that commit; null outside a
   * repository.
   */
  commit: string | null;
  /** Version of the SQLite inside. */
  sqlite: string;
  unpacked: PackedFile[];
}

/** Is this process the single executable? Worker threads of it are, too. */
export const isPacked: boolean = isSea();

let known: Manifest | undefined;

/** Only within the executable. */
export function manifest(): Manifest {
  return (known ??= JSON.parse(getAsset('manifest.json', 'utf8')) as Manifest);
}

/**
 * A file of the executable, not copied: it is not to be written to. Throws where there is none of
 * that name.
 */
export function packedBytes(name: string): Buffer {
  return Buffer.from(getRawAsset(name));
}
