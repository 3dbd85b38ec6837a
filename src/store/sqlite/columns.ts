import { eq, getTableColumns, is, Param, Placeholder, sql, type Column } from 'drizzle-orm';
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { compiled } from './compiled';
import type { Db } from './database';
import { lazily } from './lazy';
import { given } from './parameters';

type Write = (row: object, key?: string) => void;

/**
 * The parameter for the key of the updated row; a separate one saves copying the fields to add it.
 */
const KEY = 'keyOfRow';

/** Inserts rows of a table with one prepared statement; a missing field becomes null. */
export function inserter<T extends SQLiteTable>(
  db: Db,
  table: T,
  leaveOut: readonly string[] = [],
): (row: T['$inferInsert']) => void {
  const names = Object.keys(getTableColumns(table)).filter((name) => !leaveOut.includes(name));
  return writer(db, db.insert(table).values(placeholders(names)));
}

/** The same for a row that may exist already, which is then replaced entirely. */
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

/** A node in the tree of statements: its parent's fields and one more. */
class Fields {
  /** The statement that writes the fields on the path to this node. */
  write: Write | null = null;
  private readonly more = new Map<string, Fields>();

  /** These fields and one more. */
  and(name: string): Fields {
    let next = this.more.get(name);
    if (!next) this.more.set(name, (next = new Fields()));
    return next;
  }
}

/**
 * Updates some fields of one row. One statement is prepared for each combination of fields. It is
 * found by going from field to field, which needs no key for each update, however many columns the
 * table has.
 */
export function updater<T extends SQLiteTable>(
  db: Db,
  table: T,
  key: Column,
): (id: string, set: Partial<T['$inferInsert']>) => void {
  const none = new Fields();
  const prepare = (set: object): Write => {
    const names = Object.entries(set).flatMap(([name, value]) => (value === undefined ? [] : name));
    const update = db
      .update(table)
      .set(placeholders(names))
      .where(eq(key, given(KEY)));
    return writer(db, update);
  };
  return (id, set) => {
    let fields = none;
    for (const name of Object.keys(set))
      if (set[name as keyof typeof set] !== undefined) fields = fields.and(name);
    if (fields === none) return;
    (fields.write ??= prepare(set))(set, id);
  };
}

function placeholders(names: string[]): never {
  return Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
}

/** Runs a write whose SQL drizzle has built, without drizzle; prepared on its first use. */
function writer(db: Db, query: { toSQL(): { sql: string; params: unknown[] } }): Write {
  return lazily(() => {
    const { sql: text, params } = query.toSQL();
    const statement = db.$client.prepare(text);
    const values = valuesOf(params);
    return (row: object, key?: string) => void statement.run(...values(row, key));
  });
}

/** The values of a statement's parameters. */
export function valuesOf(params: readonly unknown[]): (row: object, key?: string) => unknown[] {
  const text = (param: unknown, place: number): string => {
    if (is(param, Placeholder))
      return param.name === KEY ? 'key' : `row[${JSON.stringify(param.name)}] ?? null`;
    if (!is(param, Param) || !is(param.value, Placeholder)) return `params[${place}]`;
    return `params[${place}].encoder.mapToDriverValue(row[${JSON.stringify(param.value.name)}] ?? null)`;
  };
  return compiled('row, key', `[${params.map(text).join(', ')}]`, { params });
}
