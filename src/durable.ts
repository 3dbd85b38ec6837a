import fs from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a directory, only for its owner, with those above it that are missing. Node's own way goes
 * round in circles where none can be made (`/proc/x`, before Node 24). Errors: the system's.
 */
export function makeDirectory(path: string, mode = 0o700): void {
  const missing: string[] = [];
  for (let at = resolve(path); !fs.existsSync(at) && at !== dirname(at); at = dirname(at))
    missing.push(at);
  for (const each of missing.reverse()) makeUnlessThere(each, mode);
  if (!fs.statSync(path).isDirectory())
    throw Object.assign(new Error(`${path} is no directory`), {
      code: 'ENOTDIR',
      syscall: 'mkdir',
      path,
    });
}

/** Another process may be faster. */
function makeUnlessThere(path: string, mode: number): void {
  try {
    fs.mkdirSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

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
