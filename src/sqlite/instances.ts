import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { makeDirectory } from '../durable';
import { hasSqliteCode, openLock } from './open';

/** A process that died. No other process takes it over until it is removed or released. */
export interface DeadInstance {
  name: string;
  /** Its leftovers are dealt with: forgets it. */
  remove(): void;
  /** Gives it up: the next look of any process finds it again. */
  release(): void;
}

/** The processes that use one data directory, each known by a lock on a file of its own. */
export interface Instances {
  /** Those that died without leaving, except any that another process is dealing with. */
  dead(): DeadInstance[];
  /** Removes this process. */
  leave(): void;
}

const SUFFIX = '.lock';

/**
 * Registers this process under a unique name. The system releases its lock when the process dies,
 * however it dies; see presence.ts. A process must not open its own file again: closing that
 * connection would free the lock.
 */
export function joinInstances(directory: string, name: string): Instances {
  makeDirectory(directory);
  const own = join(directory, name + SUFFIX);
  const lock = lockOwn(own);
  const others = () =>
    readdirSync(directory).filter((file) => file.endsWith(SUFFIX) && file !== name + SUFFIX);
  return {
    dead: () =>
      others().flatMap(
        (file) => inspect(join(directory, file), file.slice(0, -SUFFIX.length)) ?? [],
      ),
    leave: () => {
      rmSync(own, { force: true });
      lock.close();
    },
  };
}

/**
 * Creates and locks the file. Another process may find it before it is locked, take it for that of a
 * dead process and remove it: then this starts over.
 */
function lockOwn(file: string): Database.Database {
  for (;;) {
    const lock = openLock(file);
    if (tryLock(lock) && existsSync(file)) return lock;
    lock.close();
  }
}

function inspect(file: string, name: string): DeadInstance | null {
  const lock = openLock(file);
  if (!tryLock(lock)) {
    lock.close();
    return null;
  }
  return {
    name,
    remove: () => {
      // Removed while it is locked, so that no process locks a file that is about to vanish.
      rmSync(file, { force: true });
      lock.close();
    },
    release: () => lock.close(),
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
