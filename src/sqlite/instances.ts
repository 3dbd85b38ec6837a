import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { hasSqliteCode, openLock } from './open';

/** A process that is gone. It is nobody else's to look after until it is either buried or left. */
export interface DeadInstance {
  name: string;
  /** What it left has been seen to: it is not found again. */
  bury(): void;
  /** It is found again at the next look. */
  leave(): void;
}

/** The processes at work on one data directory, each known by a lock on a file of its own. */
export interface Instances {
  /**
   * Those that have died without a word, but for those that another process is just looking after.
   */
  dead(): DeadInstance[];
  /** This one goes with a word. */
  leave(): void;
}

const SUFFIX = '.lock';

/**
 * Joins under a name that nobody else bears. The lock is let go by the system when the process
 * dies, however it dies; see presence.ts. A process must look at its own file through no other
 * connection: closing one would free its lock.
 */
export function joinInstances(directory: string, name: string): Instances {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const own = join(directory, name + SUFFIX);
  const lock = lockOwn(own);
  const others = () =>
    readdirSync(directory).filter((file) => file.endsWith(SUFFIX) && file !== name + SUFFIX);
  return {
    dead: () =>
      others().flatMap(
        (file) => lookAt(join(directory, file), file.slice(0, -SUFFIX.length)) ?? [],
      ),
    leave: () => {
      rmSync(own, { force: true });
      lock.close();
    },
  };
}

/**
 * Whoever found the file before it was locked has removed it by the time we have the lock: then we
 * begin anew.
 */
function lockOwn(file: string): Database.Database {
  for (;;) {
    const lock = openLock(file);
    if (tryLock(lock) && existsSync(file)) return lock;
    lock.close();
  }
}

function lookAt(file: string, name: string): DeadInstance | null {
  const lock = openLock(file);
  if (!tryLock(lock)) {
    lock.close();
    return null;
  }
  return {
    name,
    bury: () => {
      // Removed while it is locked, so that nobody joins by a file that is about to go.
      rmSync(file, { force: true });
      lock.close();
    },
    leave: () => lock.close(),
  };
}

function tryLock(lock: Database.Database): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (!hasSqliteCode(error, 'SQLITE_BUSY')) throw error;
    return false;
  }
}
