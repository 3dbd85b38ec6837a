import fs from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Forces a file, or the entries of a directory, onto the disk. */
export function syncPath(path: string): void {
  const opened = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(opened);
  } finally {
    fs.closeSync(opened);
  }
}

/**
 * Puts a finished file in the place of another, or where none was: after a power cut one of the two
 * is there, whole.
 */
export function putInPlace(finished: string, path: string): void {
  syncPath(finished);
  fs.renameSync(finished, path);
  syncPath(dirname(path));
}

/** Removes files that may be there; what is said after this call holds after a power cut too. */
export function removeDurably(...paths: string[]): void {
  for (const path of paths) fs.rmSync(path, { force: true });
  for (const directory of new Set(paths.map(dirname))) syncPath(directory);
}

/** Bytes that we may still write where `path` lies. */
export async function freeSpace(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
