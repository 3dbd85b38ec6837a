import type Database from 'better-sqlite3';

/** The statements that bound a transaction, and the count of rows that a connection has written. */
export function transactionStatements(connection: Database.Database) {
  return {
    begin: connection.prepare('BEGIN IMMEDIATE'),
    commit: connection.prepare('COMMIT'),
    rollback: connection.prepare('ROLLBACK'),
    written: connection.prepare<[], number>('SELECT total_changes()').pluck(),
  };
}
