import Database from 'better-sqlite3';

export interface OpenOptions {
  /**
   * How long a statement may sleep inside SQLite for another connection's lock, in ms; beside
   * GroupCommit 0.
   */
  timeoutMs: number;
}

/**
 * Pages that a connection keeps, in KiB; the build's default is eight times as much, which every
 * connection of every thread would come to hold. What is not among them comes from the system's own
 * cache: no work was seen to take longer.
 */
const PAGE_CACHE = 2_000;
/**
 * Patience while the file is made ready: first openers compete for a lock that SQLite does not
 * always wait for.
 */
const SETUP_PATIENCE = 5_000;
const SETUP_PAUSE = 5;

/**
 * Opens (or makes) a database that survives a power cut: WAL, synchronous FULL, foreign keys
 * enforced. Blocks for up to five seconds while others set up or recover the same file; then throws
 * the SqliteError.
 */
export function openDatabase(file: string, { timeoutMs }: OpenOptions): Database.Database {
  const connection = new Database(file, { timeout: SETUP_PATIENCE });
  try {
    patiently(() => connection.pragma('journal_mode = wal'));
    // The build's default for WAL is NORMAL and takes hold at the first use of the WAL; only a
    // level set by name stays.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma(`cache_size = -${PAGE_CACHE}`);
    // Else what is needed to take back half a statement goes to a file of its own, in every
    // transaction of some size.
    connection.pragma('temp_store = MEMORY');
    connection.pragma(`busy_timeout = ${Math.trunc(timeoutMs)}`);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens an existing database to look at; nothing in it can be changed. Errors: the SqliteError. */
export function openForReading(file: string): Database.Database {
  return new Database(file, { fileMustExist: true, readonly: true });
}

/**
 * Opens (or makes) a file that is only locked. Asks nothing of it: even a pragma would meet the
 * lock of another.
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
 * Does the error, or what caused it, bear one of these SQLite result codes, or an extended one of
 * theirs? Asks for no class: the native library makes its errors with the class of whoever loaded
 * it first in the process.
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

/** The change to WAL answers BUSY at once where waiting could deadlock, whatever the timeout is. */
function patiently(work: () => void): void {
  const queueTimeout = performance.now() + SETUP_PATIENCE;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!hasSqliteCode(error, 'SQLITE_BUSY') || performance.now() > queueTimeout) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SETUP_PAUSE);
    }
  }
}
