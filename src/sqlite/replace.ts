import fs from 'node:fs';
import { putInPlace, removeDurably, syncPath } from '../durable';
import { dirname } from 'node:path';

/**
 * Where a database waits that is to take the place of another: once it is there, the change will
 * happen.
 */
const waiting = (file: string) => `${file}.restored`;

/**
 * Replaces a database that nobody has open by a finished one, of one file. Cut off anywhere, it has
 * happened or not: it happens at the moment when `finished` gets its waiting name, and the rest is
 * done by whoever comes next.
 */
export function replaceDatabase(file: string, finished: string): void {
  putInPlace(finished, waiting(file));
  completeReplacement(file);
}

/**
 * Completes a replacement that was cut off. The old log goes first: it must never be applied to the
 * new database.
 */
export function completeReplacement(file: string): void {
  if (!fs.existsSync(waiting(file))) return;
  removeDurably(`${file}-wal`, `${file}-shm`, `${file}-journal`);
  fs.renameSync(waiting(file), file);
  syncPath(dirname(file));
}
