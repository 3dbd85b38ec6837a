import type Database from 'better-sqlite3';
import { Column, getTableName, is, SQL } from 'drizzle-orm';
import { valueOf, type Row } from './columns';

/** What drizzle prepares of a select: see BetterSQLitePreparedQuery of drizzle-orm/better-sqlite3. */
interface Prepared<T> {
  get(values?: Row): T | undefined;
  all(values?: Row): T[];
}

interface Insides {
  stmt: Database.Statement<unknown[], unknown[]>;
  query: { params: unknown[] };
  fields: { path: string[]; field: unknown }[];
  joinsNotNullableMap?: Record<string, boolean>;
}

/** A select that drizzle has put into words, run without it: which column goes where is found out once, not for every row. */
export interface Reader<T> {
  get(values?: Row): T | undefined;
  all(values?: Row): T[];
}

/** Prepares a select of plain fields, or of one level of tables (`{ allocation: …, resource: … }`). */
export function reader<T>(select: { prepare(): Prepared<T> }): Reader<T> {
  const { stmt, query, fields, joinsNotNullableMap } = select.prepare() as unknown as Insides;
  const values = query.params.map(valueOf);
  const given = (row: Row): unknown[] => values.map((value) => value(row));
  const build = builder(fields, joinsNotNullableMap) as (found: unknown[]) => T;
  stmt.raw();
  return {
    get: (row = {}) => {
      const found = stmt.get(...given(row));
      return found && build(found);
    },
    all: (row = {}) => stmt.all(...given(row)).map(build),
  };
}

type Decode = ((value: unknown) => unknown) | null;

function builder(fields: Insides['fields'], notNull: Insides['joinsNotNullableMap']): (found: unknown[]) => Row {
  const decoders = fields.map(({ field }) => decoderOf(field));
  if (fields.every(({ path }) => path.length === 1)) return flat(fields.map(({ path }) => path[0]!), decoders);
  const parts = [...new Set(fields.map(({ path }) => path[0]!))].map((name) => {
    const places = fields.flatMap(({ path }, index) => (path[0] === name ? [index] : []));
    const { field } = fields[places[0]!]!;
    const mayLack = notNull !== undefined && is(field, Column) && notNull[getTableName(field.table)] === false;
    const read = flat(places.map((place) => fields[place]!.path[1]!), places.map((place) => decoders[place]!), places);
    // Of a joined table that has no row every column is null; the first tells.
    return { name, read: mayLack ? (found: unknown[]) => (found[places[0]!] === null ? null : read(found)) : read };
  });
  return (found) => {
    const row: Row = {};
    for (const { name, read } of parts) row[name] = read(found);
    return row;
  };
}

/**
 * Rows are copies of one made before, not built field by field: V8 turns an object that is given more than a dozen
 * fields by computed names into a dictionary, which is slow for all who use it after. Parsed text it makes well.
 */
function flat(names: string[], decoders: Decode[], places = names.map((_name, index) => index)): (found: unknown[]) => Row {
  const blank = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as Row;
  return (found) => {
    const row = { ...blank };
    for (let index = 0; index < names.length; index += 1) {
      const value = found[places[index]!];
      const decode = decoders[index];
      row[names[index]!] = decode && value !== null ? decode(value) : value;
    }
    return row;
  };
}

/** null where the value is taken as it comes. */
function decoderOf(field: unknown): Decode {
  const decoder = is(field, Column) ? field : ((is(field, SQL) ? field : (field as { sql: SQL }).sql) as unknown as { decoder: { mapFromDriverValue(value: unknown): unknown } }).decoder;
  if (decoder instanceof Column && decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue) return null;
  return (value) => decoder.mapFromDriverValue(value);
}
