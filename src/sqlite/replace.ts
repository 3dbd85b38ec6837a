import fs from 'node:fs';
import { putInPlace, removeDurably, syncPath } from '../durable';
import { dirname } from 'node:path';

/**
 * The name of a database that is about to replace another: once it exists, the replacement will
 * happen.
 */
const successorOf = (file: string) => `${file}.restored`;

/**
 * Replaces a database that nobody has open with a finished one, which is a single file. An
 * interruption leaves either the one or the other: the replacement counts from the moment at which
 * `finished` gets its intermediate name, and the next process completes it.
 */
export function replaceDatabase(file: string, finished: string): void {
  putInPlace(finished, successorOf(file));
  completeReplacement(file);
}

/** The file that holds the database: its successor, if a replacement was interrupted. */
export function databaseIn(file: string): string {
  return fs.existsSync(successorOf(file)) ? successorOf(file) : file;
}

/**
 * Completes an interrupted replacement, if any. Removes the old log first: it must never be applied
 * to the new database.
 */
export function completeReplacement(file: string): void {
  if (!fs.existsSync(successorOf(file))) return;
  removeDurably(`${file}-wal`, `${file}-shm`, `${file}-journal`);
  fs.renameSync(successorOf(file), file);
  syncPath(dirname(file));
}
