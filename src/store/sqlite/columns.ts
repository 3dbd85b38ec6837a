import { eq, getTableColumns, sql, type Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Db } from './database';

type Row = Record<string, unknown>;

/** Inserts rows of a table by one prepared statement; a field that a row lacks becomes null. */
export function inserter(db: Db, table: SQLiteTable, leaveOut: readonly string[] = []): (row: Row) => void {
  const names = Object.keys(getTableColumns(table)).filter((name) => !leaveOut.includes(name));
  const statement = db
    .insert(table)
    .values(Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never)
    .prepare();
  return (row) => {
    const values: Row = {};
    for (const name of names) values[name] = row[name] ?? null;
    statement.run(values);
  };
}

/** Updates some fields of one row; statements are prepared once for each set of fields. */
export function updater(db: Db, table: SQLiteTable, key: Column): (id: string, set: Row) => void {
  const prepared = new Map<string, { run(values: Row): unknown }>();
  return (id, set) => {
    const names = Object.keys(set).filter((name) => set[name] !== undefined);
    if (names.length === 0) return;
    const signature = names.join();
    let statement = prepared.get(signature);
    if (!statement) {
      const fields = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
      statement = db.update(table).set(fields as never).where(eq(key, sql.placeholder('keyOfRow'))).prepare();
      prepared.set(signature, statement);
    }
    statement.run({ ...set, keyOfRow: id });
  };
}
