import type Database from 'better-sqlite3';
import { hasSqliteCode, openLock } from './open';

/** This process among those that serve one data directory. */
export interface Presence {
  /** No other process was there. Until `settle`, every other process waits in `enter`. */
  readonly first: boolean;
  /** Lets other processes in. */
  settle(): void;
  leave(): void;
}

/** The first process does not get ready. */
export class PresenceError extends Error {
  constructor() {
    super('Another process has been setting up this data directory for over a minute.');
    this.name = 'PresenceError';
  }
}

/** How long to wait for the first process to get ready, in ms. */
const TIMEOUT = 60_000;
const PAUSE = 10;

/**
 * Registers this process by locking `file`. The system releases the lock when the process dies,
 * however it dies, so that presence is never guessed from times or process ids. The first process
 * holds an exclusive lock until it settles, later ones a shared lock. Waits while the first is not
 * settled. Errors: PresenceError if that takes more than a minute, SqliteError.
 */
export async function enter(file: string): Promise<Presence> {
  const lock = openLock(file);
  const share = () => lock.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
  const first = await lockFirst(lock, share).catch((error: unknown) => {
    lock.close();
    throw error;
  });
  return {
    first,
    settle: () => {
      if (!first) return;
      lock.exec('COMMIT');
      lock.pragma(`busy_timeout = ${TIMEOUT}`);
      share();
    },
    leave: () => lock.close(),
  };
}

/**
 * Takes the lock, and gives whether this process is the first. Waits while another one is first and
 * has not settled; if that one leaves, the next becomes the first.
 */
async function lockFirst(lock: Database.Database, share: () => void): Promise<boolean> {
  for (const deadline = performance.now() + TIMEOUT; ;) {
    if (unlessBusy(() => lock.exec('BEGIN EXCLUSIVE'))) return true;
    if (unlessBusy(share)) return false;
    if (lock.inTransaction) lock.exec('ROLLBACK');
    if (performance.now() > deadline) throw new PresenceError();
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}

function unlessBusy(begin: () => void): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    if (!hasSqliteCode(error, 'SQLITE_BUSY')) throw error;
    return false;
  }
}
