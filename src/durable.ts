import fs from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Flushes a file, or the entries of a directory, to disk. */
export function syncPath(path: string): void {
  const opened = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(opened);
  } finally {
    fs.closeSync(opened);
  }
}

/**
 * Moves a finished file to `path`, replacing any file there. After a power cut one of the two is
 * there, whole.
 */
export function putInPlace(finished: string, path: string): void {
  syncPath(finished);
  fs.renameSync(finished, path);
  syncPath(dirname(path));
}

/** Removes files, if they exist, so that they stay removed after a power cut. */
export function removeDurably(...paths: string[]): void {
  for (const path of paths) fs.rmSync(path, { force: true });
  for (const directory of new Set(paths.map(dirname))) syncPath(directory);
}

/** Bytes that this user may still write on the disk that holds `path`. */
export async function freeSpace(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
