import { eq, getTableColumns, is, Param, Placeholder, sql, type Column } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { compiled } from './compiled';
import type { Db } from './database';

type Write = (row: object, key?: string) => void;

/** Stands for the key of the row that is updated: what is written is not copied to add it. */
const KEY = 'keyOfRow';

/** Inserts rows of a table by one prepared statement; a field that a row lacks becomes null. */
export function inserter<T extends SQLiteTable>(
  db: Db,
  table: T,
  leaveOut: readonly string[] = [],
): (row: T['$inferInsert']) => void {
  const names = Object.keys(getTableColumns(table)).filter((name) => !leaveOut.includes(name));
  return writer(db, db.insert(table).values(placeholders(names)));
}

/** The same for a row that may be there already: all of it becomes as the new one is. */
export function putter<T extends SQLiteTable>(
  db: Db,
  table: T,
  key: SQLiteColumn,
): (row: T['$inferInsert']) => void {
  const columns = Object.entries<Column>(getTableColumns(table));
  const fresh = columns
    .filter(([, column]) => column !== key)
    .map(([name, column]) => [name, sql`excluded.${sql.identifier(column.name)}`]);
  const values = placeholders(columns.map(([name]) => name));
  return writer(
    db,
    db
      .insert(table)
      .values(values)
      .onConflictDoUpdate({ target: key, set: Object.fromEntries(fresh) as never }),
  );
}

/**
 * Updates some fields of one row; statements are prepared once for each set of fields, which is
 * known by the sum of their bits.
 */
export function updater<T extends SQLiteTable>(
  db: Db,
  table: T,
  key: Column,
): (id: string, set: Partial<T['$inferInsert']>) => void {
  const bits = new Map(
    Object.keys(getTableColumns(table)).map((name, index) => [name, 2 ** index]),
  );
  const prepared = new Map<number, Write>();
  return (id, set) => {
    let fields = 0;
    for (const name of Object.keys(set))
      if (set[name as keyof typeof set] !== undefined) fields += bits.get(name)!;
    if (fields === 0) return;
    let write = prepared.get(fields);
    if (!write) {
      const names = Object.keys(set).filter((name) => set[name as keyof typeof set] !== undefined);
      prepared.set(
        fields,
        (write = writer(
          db,
          db
            .update(table)
            .set(placeholders(names))
            .where(eq(key, sql.placeholder(KEY))),
        )),
      );
    }
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
export function valuesOf(params: readonly unknown[]): (row: object, key?: string) => unknown[] {
  const text = (param: unknown, place: number): string => {
    if (is(param, Placeholder))
      return param.name === KEY ? 'key' : `row[${JSON.stringify(param.name)}] ?? null`;
    if (!is(param, Param) || !is(param.value, Placeholder)) return `params[${place}]`;
    return `params[${place}].encoder.mapToDriverValue(row[${JSON.stringify(param.value.name)}] ?? null)`;
  };
  return compiled('row, key', `[${params.map(text).join(', ')}]`, { params });
}
