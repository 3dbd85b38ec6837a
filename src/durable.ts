import fs from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The type of a file system in memory (statfs(2)), which may have no limit and then counts no blocks. */
const TMPFS = 0x01021994;

/**
 * Makes a directory, only for its owner, with those above it that are missing. Node's own way goes
 * round in circles where none can be made (`/proc/x`, before Node 24). Errors: the system's.
 */
export function makeDirectory(path: string, mode = 0o700): void {
  const missing: string[] = [];
  for (let at = resolve(path); !fs.existsSync(at) && at !== dirname(at); at = dirname(at))
    missing.push(at);
  for (const each of missing.reverse()) makeUnlessThere(each, mode);
  if (!fs.statSync(path).isDirectory()) throw systemError('ENOTDIR', path);
}

/**
 * Checks that a directory, and those of `files` that are in it, can be written, or that the directory
 * can be made. Changes nothing. Errors: the system's.
 */
export function requireUsable(path: string, files: readonly string[]): void {
  const { R_OK, W_OK, X_OK } = fs.constants;
  if (!fs.existsSync(path)) return requireRoom(above(path));
  if (!fs.statSync(path).isDirectory()) throw systemError('ENOTDIR', path);
  fs.accessSync(path, R_OK | W_OK | X_OK);
  for (const file of files) if (fs.existsSync(file)) fs.accessSync(file, R_OK | W_OK);
}

/** The nearest directory, or file, above a path that exists. */
function above(path: string): string {
  const parent = dirname(resolve(path));
  return fs.existsSync(parent) ? parent : above(parent);
}

function requireRoom(directory: string): void {
  if (!fs.statSync(directory).isDirectory()) throw systemError('ENOTDIR', directory);
  fs.accessSync(directory, fs.constants.W_OK | fs.constants.X_OK);
  // The kernel's own file systems, such as /proc, refuse even those who may write there.
  const { blocks, type } = fs.statfsSync(directory);
  if (blocks === 0 && type !== TMPFS) throw systemError('ENOENT', directory);
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${path}: ${code}`), { code, syscall: 'mkdir', path });
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
