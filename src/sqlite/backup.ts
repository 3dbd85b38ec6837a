import fs from 'node:fs';
import Database from 'better-sqlite3';
import { putInPlace } from '../durable';

/**
 * All pages in one step: a step that follows another's commit would begin again, and under load
 * never end.
 */
const ALL_PAGES = 0x7fffffff;
const OWNER_ONLY = 0o600;

/** A database is damaged. */
export class DamagedError extends Error {
  constructor(
    file: string,
    readonly what: string,
  ) {
    super(`${file} is damaged: ${what}`);
    this.name = 'DamagedError';
  }
}

/**
 * Copies a database as it is at one moment, while others go on writing it. The copy is one file,
 * whole and checked, or is not there. Blocks the thread while pages are copied. Throws the system's
 * error, or a DamagedError.
 */
export async function backUp(source: string, target: string): Promise<void> {
  const making = beside(target);
  const connection = new Database(source, { fileMustExist: true, timeout: 5_000 });
  try {
    fs.closeSync(fs.openSync(making, 'wx', OWNER_ONLY));
    await connection.backup(making, { progress: () => ALL_PAGES });
    asOneFile(making);
    putInPlace(making, target);
  } finally {
    connection.close();
    removeAll(making);
  }
}

/** The same within this turn of the event loop, for who may not be interrupted. */
export function backUpNow(connection: Database.Database, target: string): void {
  const making = beside(target);
  try {
    connection.prepare('VACUUM INTO ?').run(making);
    fs.chmodSync(making, OWNER_ONLY);
    putInPlace(making, target);
  } finally {
    removeAll(making);
  }
}

/**
 * Makes a file ready to be moved about: nothing of it in a log beside it, and nothing in it
 * damaged.
 */
export function asOneFile(file: string): void {
  const connection = new Database(file, { fileMustExist: true });
  try {
    connection.pragma('journal_mode = delete');
    const found = connection.pragma('integrity_check(1)', { simple: true }) as string;
    if (found !== 'ok') throw new DamagedError(file, found);
  } catch (error) {
    if (['SQLITE_NOTADB', 'SQLITE_CORRUPT'].includes((error as { code?: string }).code ?? ''))
      throw new DamagedError(file, (error as Error).message);
    throw error;
  } finally {
    connection.close();
  }
}

/** A name in the same directory that nobody else uses now. */
export function beside(path: string): string {
  return `${path}.${process.pid}.making`;
}

/** Removes a database file with its log, and nothing if nothing is there. */
export function removeAll(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
}
