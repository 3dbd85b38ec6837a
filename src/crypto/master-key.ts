import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { dirname, join } from 'node:path';

const KEY_BYTES = 32;
/** The key file of an installation without a configured key. */
export const KEY_FILE = 'master.key';
const OWNER_ONLY = 0o600;
const GROUP_AND_OTHERS = 0o077;

/** No usable master key was found. The message names the variable or the file, never the key. */
export class MasterKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MasterKeyError';
  }
}

/** The possible sources of the master key; the first one that is set counts. */
export interface MasterKeySource {
  /** The key itself, base64 or hex. */
  masterKey?: string | undefined;
  /** Absolute path of a file that holds it. */
  masterKeyFile?: string | undefined;
  /** Absolute path of the directory in which `master.key` is read, or created, otherwise. */
  dataDir: string;
}

/**
 * The master key, 32 bytes. Creates `<dataDir>/master.key` if no source has one: it is on disk
 * before it is used, and two processes that start at once get the same key. Warns if the key lies
 * beside the database, and if others may read its file. Errors: MasterKeyError.
 */
export function loadMasterKey(source: MasterKeySource, warn: (message: string) => void): Buffer {
  if (source.masterKey) return decodeMasterKey(source.masterKey, 'MASTER_KEY');
  if (source.masterKeyFile) return readKeyFile(source.masterKeyFile, warn);
  const path = join(source.dataDir, KEY_FILE);
  const made = !fs.existsSync(path) && makeKeyFile(path);
  warn(
    `${made ? 'Created the master key' : 'The master key is in'} ${path}, beside the database: ` +
      'anybody who copies the directory can read every credential. Set MASTER_KEY or ' +
      'MASTER_KEY_FILE instead.',
  );
  return readKeyFile(path, warn);
}

/**
 * The master key as `loadMasterKey` gives it, if any source has one; null: that would make it.
 * Errors: MasterKeyError.
 */
export function presentMasterKey(
  source: MasterKeySource,
  warn: (message: string) => void,
): Buffer | null {
  const exists =
    source.masterKey || source.masterKeyFile || fs.existsSync(join(source.dataDir, KEY_FILE));
  return exists ? loadMasterKey(source, warn) : null;
}

/**
 * The master key for secrets that are sealed already: a new one would open none of them, and would
 * then be in the way of theirs. Errors: MasterKeyError, which says how to bring it.
 */
export function requireMasterKey(source: MasterKeySource, warn: (message: string) => void): Buffer {
  const key = presentMasterKey(source, warn);
  if (key) return key;
  throw new MasterKeyError(
    `There is no master key at ${join(source.dataDir, KEY_FILE)}, and a new one would open ` +
      'nothing. Put the key there under which the secrets are sealed, or set MASTER_KEY or ' +
      'MASTER_KEY_FILE.',
  );
}

/**
 * Decodes 32 bytes from 64 hex digits or from base64 (or base64url). Errors: MasterKeyError, which
 * calls the text `name`, for anything else.
 */
export function decodeMasterKey(text: string, name: string): Buffer {
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex');
  const bytes = /^[\w+/-]{43}=?$/.test(trimmed) ? Buffer.from(trimmed, 'base64') : Buffer.alloc(0);
  if (bytes.length === KEY_BYTES) return bytes;
  throw new MasterKeyError(`${name}: must be ${KEY_BYTES} bytes, as base64 or as 64 hex digits.`);
}

/** The key in a file. Warns if others may read it. Errors: MasterKeyError. */
export function readKeyFile(path: string, warn: (message: string) => void): Buffer {
  let text: string;
  try {
    if (fs.statSync(path).mode & GROUP_AND_OTHERS)
      warn(`Other users may read the master key file ${path}: run chmod 600 on it.`);
    text = fs.readFileSync(path, 'utf8');
  } catch (error) {
    throw new MasterKeyError(`The master key file ${path} cannot be read (${codeOf(error)}).`);
  }
  return decodeMasterKey(text, path);
}

/**
 * Creates a key file, durably, unless it exists. Returns whether this process created it. Errors:
 * MasterKeyError.
 */
export function makeKeyFile(path: string): boolean {
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return placeKeyFile(path, `${path}.${process.pid}.${randomBytes(6).toString('hex')}`);
  } catch (error) {
    throw new MasterKeyError(`The master key file ${path} cannot be created (${codeOf(error)}).`);
  }
}

/** Writes a temporary file and links it, so that the key file is complete or absent. */
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
 * link(2) fails if the file exists, whereas rename(2) would replace it: of two processes the first
 * wins, and both read its file.
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
