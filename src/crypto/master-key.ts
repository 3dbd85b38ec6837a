import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';

const KEY_BYTES = 32;
/** The key file of an installation that was given no key. */
export const KEY_FILE = 'master.key';
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** There is no usable master key. The message names the variable or the file, never the key. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterKeyError';
  }
}

/** Where the master key may come from; the first one given counts. */
export interface MasterKeySource {
  /** The key itself, base64 or hex. */
  masterKey?: string | undefined;
  /** Absolute path of a file that holds it. */
  masterKeyFile?: string | undefined;
  /** Absolute path in which `master.key` is read, or made, if neither is given. */
  dataDir: string;
}

/**
 * The master key, 32 bytes. Makes `<dataDir>/master.key` where no source has one: two processes
 * that start at once end up with the same key, and it is on disk before it is used. `warn` hears of
 * a key beside the database and of a file that others may read. Throws a MasterKeyError.
 */
export function loadMasterKey(source: MasterKeySource, warn: (message: string) => void): Buffer {
  if (source.masterKey) return decodeMasterKey(source.masterKey, 'MASTER_KEY');
  if (source.masterKeyFile) return readKeyFile(source.masterKeyFile, warn);
  const path = join(source.dataDir, KEY_FILE);
  const made = !fs.existsSync(path) && makeKeyFile(path);
  warn(
    `${made ? 'Made the master key' : 'The master key is'} ${path}, beside the database: ` +
      'whoever copies the directory can read every credential. Set MASTER_KEY or ' +
      'MASTER_KEY_FILE instead.',
  );
  return readKeyFile(path, warn);
}

/**
 * 32 bytes from 64 hex digits or from base64 (or base64url). `name` stands in the MasterKeyError
 * for anything else.
 */
export function decodeMasterKey(text: string, name: string): Buffer {
  const squashUpdates = text.trim();
  if (/^[0-9a-f]{64}$/i.test(squashUpdates)) return Buffer.from(squashUpdates, 'hex');
  const bytes = /^[\w+/-]{43}=?$/.test(squashUpdates)
    ? Buffer.from(squashUpdates, 'base64')
    : Buffer.alloc(0);
  if (bytes.length === KEY_BYTES) return bytes;
  throw new MasterKeyError(`${name}: must be ${KEY_BYTES} bytes, as base64 or as 64 hex digits.`);
}

/** The key in a file. Throws a MasterKeyError. */
export function readKeyFile(path: string, warn: (message: string) => void): Buffer {
  let text: string;
  try {
    if (fs.statSync(path).mode & OTHERS)
      warn(`The master key file ${path} may be read by others: chmod 600 it.`);
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    throw new MasterKeyError(`The master key file ${path} cannot be read (${codeOf(error)}).`);
  }
  return decodeMasterKey(text, path);
}

/**
 * Makes a key file unless it is there, durably. Was it this process that made it? Throws a
 * MasterKeyError.
 */
export function makeKeyFile(path: string): boolean {
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return placeKeyFile(path, `${path}.${process.pid}.${randomBytes(6).toString('hex')}`);
  } catch (error) {
    throw new MasterKeyError(`The master key file ${path} cannot be made (${codeOf(error)}).`);
  }
}

/** Written aside and linked, so that the file is there whole or not at all. */
function placeKeyFile(path: string, aside: string): boolean {
  try {
    writeDurably(aside, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
    return linkUnlessThere(aside, path);
  } finally {
    fs.rmSync(aside, { force: true });
  }
}

function writeDurably(path: string, text: string): void {
  const file = fs.openSync(path, 'wx', OWNER_ONLY);
  try {
    fs.writeSync(file, text);
    fs.fsyncSync(file);
  } finally {
    fs.closeSync(file);
  }
}

/**
 * link(2) fails where rename(2) would replace: the first of two processes wins and both read its
 * file.
 */
function linkUnlessThere(from: string, path: string): boolean {
  try {
    fs.linkSync(from, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    syncDirectory(dirname(path));
  }
}

function syncDirectory(path: string): void {
  const directory = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(directory);
  } finally {
    fs.closeSync(directory);
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
