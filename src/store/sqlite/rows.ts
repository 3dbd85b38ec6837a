import type Database from 'better-sqlite3';
import { Column, getTableName, is, SQL } from 'drizzle-orm';
import { valuesOf } from './columns';
import { compiled, literal } from './compiled';
import { lazy } from './lazy';

/** A select as drizzle prepares it: see BetterSQLitePreparedQuery of drizzle-orm/better-sqlite3. */
interface Prepared<T> {
  get(values?: object): T | undefined;
  all(values?: object): T[];
}

interface Insides {
  stmt: Database.Statement<unknown[], unknown[]>;
  query: { params: unknown[] };
  fields: { path: string[]; field: unknown }[];
  joinsNotNullableMap?: Record<string, boolean>;
}

/**
 * Runs a select whose SQL drizzle has built, without drizzle: columns are mapped to fields once,
 * not for every row.
 */
export interface Reader<T> {
  get(values?: object): T | undefined;
  all(values?: object): T[];
}

const NOTHING = {};

/**
 * Prepares a select of plain fields, or of one level of tables (`{ allocation: …, resource: … }`),
 * on its first use: a thread needs few of the statements that it can have.
 */
export function reader<T>(select: { prepare(): Prepared<T> }): Reader<T> {
  const made = lazy(() => prepared(select));
  return { get: (row) => made().get(row), all: (row) => made().all(row) };
}

function prepared<T>(select: { prepare(): Prepared<T> }): Reader<T> {
  const { stmt, query, fields, joinsNotNullableMap } = select.prepare() as unknown as Insides;
  const given = valuesOf(query.params);
  const build = builder(fields, joinsNotNullableMap) as (found: unknown[]) => T;
  stmt.raw();
  return {
    get: (row = NOTHING) => {
      const found = stmt.get(...given(row));
      return found && build(found);
    },
    all: (row = NOTHING) => stmt.all(...given(row)).map(build),
  };
}

type Decode = ((value: unknown) => unknown) | null;

/**
 * A row, or one row of each table under its name. If a joined table has no row, all its columns are
 * null, and the first one shows that.
 */
function builder(
  fields: Insides['fields'],
  notNull: Insides['joinsNotNullableMap'],
): (found: unknown[]) => unknown {
  const decoders = fields.map(({ field }) => decoderOf(field));
  const value = (place: number) =>
    decoders[place]
      ? `found[${place}] === null ? null : decoders[${place}](found[${place}])`
      : `found[${place}]`;
  const row = (places: number[], depth: number) =>
    literal(places.map((place) => [fields[place]!.path[depth]!, value(place)]));
  const all = fields.map((_field, place) => place);
  if (fields.every(({ path }) => path.length === 1))
    return compiled('found', row(all, 0), { decoders });
  const tables = [...new Set(fields.map(({ path }) => path[0]!))].map((name): [string, string] => {
    const places = all.filter((place) => fields[place]!.path[0] === name);
    const { field } = fields[places[0]!]!;
    const mayLack =
      notNull !== undefined && is(field, Column) && notNull[getTableName(field.table)] === false;
    return [name, `${mayLack ? `found[${places[0]}] === null ? null : ` : ''}${row(places, 1)}`];
  });
  return compiled('found', literal(tables), { decoders });
}

/** null if the value needs no conversion. */
function decoderOf(field: unknown): Decode {
  const decoder = is(field, Column)
    ? field
    : (
        (is(field, SQL) ? field : (field as { sql: SQL }).sql) as unknown as {
          decoder: { mapFromDriverValue(value: unknown): unknown };
        }
      ).decoder;
  if (
    decoder instanceof Column &&
    decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue
  )
    return null;
  return (value) => decoder.mapFromDriverValue(value);
}
