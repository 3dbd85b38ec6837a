import type Database from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { openDatabase } from '../../sqlite/open';

/** Drizzle over one connection, and the connection itself. */
export type Db = BetterSQLite3Database & { $client: Database.Database };

/**
 * Opens the database. `timeoutMs`: how long a statement may sleep in SQLite for a lock; GroupCommit waits otherwise.
 */
export function connect(file: string, timeoutMs = 1): Db {
  return drizzle(openDatabase(file, { timeoutMs }));
}

/** Brings the schema up to date, in one transaction for all that is missing. */
export function upgrade(file: string, migrationsFolder: string): void {
  const db = connect(file, 5_000);
  try {
    migrate(db, { migrationsFolder });
  } finally {
    db.$client.close();
  }
}
