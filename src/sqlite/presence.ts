import type Database from 'better-sqlite3';
import { hasSqliteCode, openLock } from './open';

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
const PAUSE = 10;

/**
 * Enters by a lock on a file of its own, which the system lets go when the process dies, however it
 * dies: so who is there is never a guess from times or process ids. First means alone (an exclusive
 * lock); many share (shared locks). Blocks while a first process is not settled. Throws when that
 * takes too long.
 */
export function enter(file: string): Presence {
  const door = openLock(file);
  const share = () => door.exec('BEGIN; SELECT count(*) FROM sqlite_schema;');
  const first = comeIn(door, share);
  return {
    first,
    settle: () => {
      if (!first) return;
      door.exec('COMMIT');
      door.pragma(`busy_timeout = ${PATIENCE}`);
      share();
    },
    leave: () => door.close(),
  };
}

/**
 * Alone, or one of many; waits while somebody is first, who may then settle, or leave: then the
 * next is the first.
 */
function comeIn(door: Database.Database, share: () => void): boolean {
  for (const queueTimeout = performance.now() + PATIENCE; ;) {
    if (unlessBusy(() => door.exec('BEGIN EXCLUSIVE'))) return true;
    if (unlessBusy(share)) return false;
    if (door.inTransaction) door.exec('ROLLBACK');
    if (performance.now() > queueTimeout)
      throw new Error('Another process has been making this data directory ready for too long.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
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
