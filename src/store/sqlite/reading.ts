import { existsSync } from 'node:fs';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { openForReading, removeEmptyLog } from '../../sqlite/open';
import type { ChainReads } from '../chain';
import { returnReads } from './reads/returns';

/**
 * Opens a database file for reading alone, whoever else uses it, and leaves no log beside it where
 * none was: `restore` would take it for a database in use. `reads` is null if its schema is
 * from before there were return records. Errors: SqliteError.
 */
export function readReturnsIn(file: string): { reads: ChainReads | null; close: () => void } {
  const log = `${file}-wal`;
  const hadLog = existsSync(log);
  const connection = openForReading(file);
  const close = () => {
    connection.close();
    if (!hadLog && existsSync(log)) removeEmptyLog(file);
  };
  try {
    const table = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'returns'").get();
    return { reads: table === undefined ? null : returnReads(drizzle(connection)), close };
  } catch (error) {
    close();
    throw error;
  }
}
