import { DamagedError } from './sqlite/backup';
import { hasSqliteCode } from './sqlite/open';
import { PresenceError } from './sqlite/presence';

/** A file cannot be used, for a reason that only somebody at the machine can put right. */
export class StorageError extends Error {
  /** `inUse`: another program holds it. */
  constructor(
    message: string,
    readonly exit: 'storage' | 'inUse' = 'storage',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'StorageError';
  }
}

/** The reasons by SQLite's result code, in words. */
const REASONS: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'cannot be written: the disk is full',
  SQLITE_IOERR: 'cannot be read or written: the disk is full or fails',
  SQLITE_READONLY: 'cannot be written: it, or its directory, is read-only',
  SQLITE_CANTOPEN: 'cannot be opened: this user may not, or the disk is full',
  SQLITE_PERM: 'cannot be opened: this user may not',
};

/**
 * The same error in one line that names the file or directory, if it comes from the disk, the file
 * system or a lock; any other as it is.
 */
export function asStorageError(error: unknown, path: string): unknown {
  if (error instanceof StorageError || error instanceof DamagedError) return error;
  const options = { cause: error };
  for (const [code, reason] of Object.entries(REASONS))
    if (hasSqliteCode(error, code))
      return new StorageError(`${path} ${reason}.`, 'storage', options);
  if (hasSqliteCode(error, 'SQLITE_NOTADB', 'SQLITE_CORRUPT'))
    return new DamagedError(path, 'it is no database that SQLite can read');
  if (error instanceof PresenceError) return new StorageError(error.message, 'inUse', options);
  if (hasSqliteCode(error, 'SQLITE_BUSY'))
    return new StorageError(`${path} is locked by another program.`, 'inUse', options);
  const { code, path: own } = systemErrorOf(error);
  return code !== undefined && own !== undefined
    ? new StorageError(`${own} cannot be used (${code}).`, 'storage', options)
    : error;
}

/** Does `work`. Errors: its own, as `asStorageError` tells them. */
export function namingPath<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asStorageError(error, path);
  }
}

function systemErrorOf(error: unknown): { code?: string; path?: string } {
  if (!(error instanceof Error)) return {};
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined ? {} : { code, path };
}
