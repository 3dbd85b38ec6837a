import fs from 'node:fs';
import Database from 'better-sqlite3';
import { dirname } from 'node:path';
import { makeDirectory, putInPlace } from '../durable';

/**
 * Copies all pages in one step: after another connection's commit the next step would start over,
 * and under load never finish.
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
 * Copies a consistent state of a database while others keep writing it. The copy is one file,
 * complete and checked, or absent. Blocks the thread while pages are copied. Errors: the system's,
 * or DamagedError.
 */
export async function backUp(source: string, target: string): Promise<void> {
  const temporary = beside(target);
  const connection = new Database(source, { fileMustExist: true, timeout: 5_000 });
  try {
    fs.closeSync(fs.openSync(temporary, 'wx', OWNER_ONLY));
    await connection.backup(temporary, { progress: () => ALL_PAGES });
    asOneFile(temporary);
    putInPlace(temporary, target);
  } finally {
    connection.close();
    removeAll(temporary);
  }
}

/**
 * The same, synchronously: for callers that must not be interrupted. Makes the directory if it is
 * missing.
 */
export function backUpNow(connection: Database.Database, target: string): void {
  makeDirectory(dirname(target));
  const temporary = beside(target);
  try {
    connection.prepare('VACUUM INTO ?').run(temporary);
    fs.chmodSync(temporary, OWNER_ONLY);
    putInPlace(temporary, target);
  } finally {
    removeAll(temporary);
  }
}

/**
 * Prepares a database file for being moved: merges its log into it, and checks it. Errors:
 * DamagedError, or the system's.
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

/** A temporary name in the same directory, unique to this process. */
export function beside(path: string): string {
  return `${path}.${process.pid}.making`;
}

/** Removes a database file and its logs, as far as they exist. */
export function removeAll(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) fs.rmSync(file + suffix, { force: true });
}
