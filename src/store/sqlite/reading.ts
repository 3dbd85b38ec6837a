import { drizzle } from 'drizzle-orm/better-sqlite3';
import { openForReading } from '../../sqlite/open';
import type { ChainReads } from '../chain';
import { returnReads } from './reads/returns';

/**
 * Opens a database file for reading alone, whoever else uses it. `reads` is null if its schema is
 * from before there were return records. Errors: SqliteError.
 */
export function readReturnsIn(file: string): { reads: ChainReads | null; close: () => void } {
  const connection = openForReading(file);
  const close = () => void connection.close();
  try {
    const table = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'returns'").get();
    return { reads: table === undefined ? null : returnReads(drizzle(connection)), close };
  } catch (error) {
    close();
    throw error;
  }
}
