import { openDatabase, hasSqliteCode } from './open';

/** This process's presence among those that serve one data directory. */
export interface Presence {
  /** Nobody else was there: until `settle` everybody else waits at the door. */
  readonly first: boolean;
  /** Becomes one of many. */
  settle(): void;
  leave(): void;
}

/** How long to wait at the door while the first process makes things ready, in ms. */
const PATIENCE = 60_000;

/**
 * Enters by a lock on a file of its own, which the system lets go when the process dies, however it dies: so who is
 * there is never a guess from times or process ids. First means alone (an exclusive lock); many share (shared locks).
 * Blocks while a first process is not settled. Errors: the SqliteError when that takes too long.
 */
export function enter(file: string): Presence {
  const door = openDatabase(file, { timeoutMs: 0, journal: 'delete' });
  const share = () => {
    door.pragma(`busy_timeout = ${PATIENCE}`);
    door.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
  };
  const first = tryExclusive(() => door.exec('BEGIN EXCLUSIVE'));
  if (!first) share();
  return {
    first,
    settle: () => {
      if (!first) return;
      door.exec('COMMIT');
      share();
    },
    leave: () => door.close(),
  };
}

function tryExclusive(begin: () => void): boolean {
  try {
    begin();
    return true;
  } catch (error) {
    if (!hasSqliteCode(error, 'SQLITE_BUSY')) throw error;
    return false;
  }
}
