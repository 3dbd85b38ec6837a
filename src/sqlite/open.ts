import Database from 'better-sqlite3';

export interface OpenOptions {
  /**
   * How long a statement may block in SQLite for another connection's lock, in ms. With GroupCommit
   * it should be 0.
   */
  timeoutMs: number;
}

/**
 * Page cache of a connection, in KiB. The build's default is eight times as large, and every
 * connection of every thread would fill it. Other pages come from the system's cache; nothing was
 * measured to be slower.
 */
const PAGE_CACHE = 2_000;
/**
 * How long to wait while others set up the file, in ms: first openers compete for a lock that SQLite
 * does not always wait for.
 */
const SETUP_TIMEOUT = 5_000;
const SETUP_PAUSE = 5;

/**
 * Opens (or creates) a database that survives a power cut: WAL, synchronous FULL, foreign keys
 * enforced. Blocks for up to five seconds while others set up or recover the same file. Errors:
 * SqliteError.
 */
export function openDatabase(file: string, { timeoutMs }: OpenOptions): Database.Database {
  const connection = new Database(file, { timeout: SETUP_TIMEOUT });
  try {
    retryWhileBusy(() => connection.pragma('journal_mode = wal'));
    // The build's default for WAL is NORMAL, which replaces FULL at the first use of the WAL unless
    // the level was set explicitly.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma(`cache_size = -${PAGE_CACHE}`);
    // Otherwise every larger transaction writes a statement journal to a temporary file.
    connection.pragma('temp_store = MEMORY');
    connection.pragma(`busy_timeout = ${Math.trunc(timeoutMs)}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens an existing database read-only. Errors: SqliteError. */
export function openForReading(file: string): Database.Database {
  return new Database(file, { fileMustExist: true, readonly: true });
}

/**
 * Removes the empty log that reading a database has left beside it, unless anybody else uses it:
 * only the last connection that may write does so. Changes nothing in the file. Errors: SqliteError.
 */
export function removeEmptyLog(file: string): void {
  const connection = new Database(file, { fileMustExist: true, timeout: 0 });
  try {
    connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    // Somebody else has begun to use it, and their log it is now.
    if (!hasSqliteCode(error, 'SQLITE_BUSY')) throw error;
  } finally {
    connection.close();
  }
}

/**
 * Opens (or creates) a file that serves only as a lock. Runs no pragma on it, because even that would
 * run into the lock of another process.
 */
export function openLock(file: string): Database.Database {
  return new Database(file, { timeout: 0 });
}

/** The version of SQLite in this build. */
export function sqliteVersion(): string {
  const memory = new Database(':memory:');
  try {
    return memory.prepare<[], string>('SELECT sqlite_version()').pluck().get()!;
  } finally {
    memory.close();
  }
}

/**
 * Does the error, or one of its causes, have one of these SQLite result codes, or an extended form of
 * one? Does not check the class: the native library makes its errors with the class of the thread
 * that loaded it first.
 */
export function hasSqliteCode(error: unknown, ...codes: string[]): boolean {
  for (
    let at = error;
    typeof at === 'object' && at !== null;
    at = (at as { cause?: unknown }).cause
  ) {
    const { code } = at as { code?: unknown };
    if (
      typeof code === 'string' &&
      codes.some((wanted) => code === wanted || code.startsWith(`${wanted}_`))
    )
      return true;
  }
  return false;
}

/** Repeats `work` while it is BUSY: the change to WAL does not wait if that could deadlock. */
function retryWhileBusy(work: () => void): void {
  const deadline = performance.now() + SETUP_TIMEOUT;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!hasSqliteCode(error, 'SQLITE_BUSY') || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETUP_PAUSE);
    }
  }
}
