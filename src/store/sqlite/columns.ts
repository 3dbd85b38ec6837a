import { eq, getTableColumns, is, Param, Placeholder, sql, type Column } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import { compiled } from './compiled';
import type { Db } from './database';

/** Fields of a row by the names that the schema gives them. */
export type Row = Record<string, unknown>;
type Write = (row: Row, key?: string) => void;

/** Stands for the key of the row that is updated: what is written is not copied to add it. V8 puts such copies where only a full collection looks. */
const KEY = 'keyOfRow';

/** Inserts rows of a table by one prepared statement; a field that a row lacks becomes null. */
export function inserter(db: Db, table: SQLiteTable, leaveOut: readonly string[] = []): Write {
  const names = Object.keys(getTableColumns(table)).filter((name) => !leaveOut.includes(name));
  return writer(db, db.insert(table).values(placeholders(names)));
}

/** Updates some fields of one row; statements are prepared once for each set of fields. */
export function updater(db: Db, table: SQLiteTable, key: Column): (id: string, set: Row) => void {
  const prepared = new Map<string, Write>();
  return (id, set) => {
    const names = Object.keys(set).filter((name) => set[name] !== undefined);
    if (names.length === 0) return;
    const signature = names.join();
    let write = prepared.get(signature);
    if (!write) prepared.set(signature, (write = writer(db, db.update(table).set(placeholders(names)).where(eq(key, sql.placeholder(KEY))))));
    write(set, id);
  };
}

function placeholders(names: string[]): never {
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
}

/** A write that drizzle has put into words, run without it. */
function writer(db: Db, query: { toSQL(): { sql: string; params: unknown[] } }): Write {
  const { sql: text, params } = query.toSQL();
  const statement = db.$client.prepare(text);
  const values = valuesOf(params);
  return (row, key) => void statement.run(...values(row, key));
}

/** What goes into the places of a statement's parameters. */
export function valuesOf(params: readonly unknown[]): (row: Row, key?: string) => unknown[] {
  const text = (param: unknown, place: number): string => {
    if (is(param, Placeholder)) return param.name === KEY ? 'key' : `row[${JSON.stringify(param.name)}] ?? null`;
    if (!is(param, Param) || !is(param.value, Placeholder)) return `params[${place}]`;
    return `params[${place}].encoder.mapToDriverValue(row[${JSON.stringify(param.value.name)}] ?? null)`;
  };
  return compiled('row, key', `[${params.map(text).join(', ')}]`, { params });
}
