import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config-error';
import type { PackedFile } from './blob';

const OWNER_ONLY = { directory: 0o700, file: 0o600 };
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** The files that must be on the disk, and the function that reads them. */
export interface Unpacking {
  buildId: string;
  files: PackedFile[];
  read: (name: string) => Buffer;
}

/**
 * Makes `<cacheDir>/<buildId>` hold exactly these files and gives its path. Every file is checked
 * by its hash and written again only if that is wrong; each appears whole or not at all, so any
 * number of processes may unpack at once, even beside one that uses the files. Throws a ConfigError
 * if the directory cannot be used, or if others could change its content.
 */
export function unpack({ buildId, files, read }: Unpacking, cacheDir: string): string {
  const directory = join(cacheDir, buildId);
  return explained(cacheDir, () => {
    fs.mkdirSync(cacheDir, { recursive: true, mode: OWNER_ONLY.directory });
    requireTrustedParent(cacheDir);
    for (const folder of new Set(['.', ...files.map(({ name }) => dirname(name))]))
      makePrivate(join(directory, folder));
    for (const { name, sha256 } of files) {
      const path = join(directory, name);
      if (hashOfFile(path) !== sha256) place(path, sound(read(name), sha256));
    }
    return directory;
  });
}

/** Anybody who can rename within the parent could replace our directory with theirs. */
function requireTrustedParent(path: string): void {
  const { uid, mode } = fs.statSync(path);
  const open = (mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0;
  if (open || (uid !== 0 && uid !== process.getuid?.()))
    throw ConfigError.of(
      'CACHE_DIR',
      `others may write to ${path}; native code is not loaded from there.`,
    );
}

function makePrivate(path: string): void {
  fs.mkdirSync(path, { recursive: true, mode: OWNER_ONLY.directory });
  const found = fs.lstatSync(path);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw ConfigError.of(
      'CACHE_DIR',
      `${path} is somebody else's; native code is not loaded from there.`,
    );
  if ((found.mode & 0o777) !== OWNER_ONLY.directory) fs.chmodSync(path, OWNER_ONLY.directory);
}

/** Returns null if there is no such plain file. */
function hashOfFile(path: string): string | null {
  if (!fs.lstatSync(path, { throwIfNoEntry: false })?.isFile()) return null;
  return sha256Of(fs.readFileSync(path));
}

function place(path: string, bytes: Buffer): void {
  const aside = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    fs.writeFileSync(aside, bytes, { flag: 'wx', mode: OWNER_ONLY.file });
    fs.renameSync(aside, path);
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

function sound(bytes: Buffer, sha256: string): Buffer {
  if (sha256Of(bytes) !== sha256) throw new Error('The executable is damaged; install it again.');
  return bytes;
}

/** Hex. */
export function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** An error of the file system means that CACHE_DIR is wrong. */
function explained<T>(cacheDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw ConfigError.of(
      'CACHE_DIR',
      `${cacheDir} cannot be used (${code}); set it to a directory that this user can write.`,
    );
  }
}
