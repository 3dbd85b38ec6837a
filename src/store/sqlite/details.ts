import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { DetailFields } from '../../domain/change';
import type { Kind } from '../../domain/pools/pool';
import { updater } from './columns';
import type { Db } from './database';
import { given } from './parameters';
import { reader } from './rows';
import { accounts, containers, hosts, items, lentTokens, vms } from './schema';

/** The table with the details of each kind. */
export const DETAIL_TABLES = {
  account: accounts,
  vm: vms,
  container: containers,
  token: lentTokens,
  host: hosts,
  item: items,
} as const;

/**
 * Adds to the details of a resource: fields with a column of their own go there, the others into
 * `extra`.
 */
export function detailWriter(
  db: Db,
): (resourceId: string, kind: Kind, details: DetailFields) => void {
  const writers = byKind((kind) => {
    const table = DETAIL_TABLES[kind];
    const columns = Object.keys(getTableColumns(table)).filter(
      (name) => name !== 'resourceId' && name !== 'extra',
    );
    const insert = db
      .insert(table)
      .values({ resourceId: sql.placeholder('resourceId'), extra: {} })
      .onConflictDoNothing()
      .prepare();
    const update = updater(db, table, table.resourceId);
    const merge = db
      .update(table)
      .set({ extra: sql`json_patch(${table.extra}, ${sql.placeholder('extra')})` })
      .where(eq(table.resourceId, given('resourceId')))
      .prepare();
    return (resourceId: string, details: DetailFields) => {
      const fields = Object.entries(details);
      if (fields.length === 0) return;
      const extra = Object.fromEntries(fields.filter(([name]) => !columns.includes(name)));
      insert.run({ resourceId });
      update(resourceId, Object.fromEntries(fields.filter(([name]) => columns.includes(name))));
      if (Object.keys(extra).length > 0) merge.run({ resourceId, extra: JSON.stringify(extra) });
    };
  });
  return (resourceId, kind, details) => writers[kind](resourceId, details);
}

/** Reads the details of a resource; `{}` if its driver reported none. */
export function detailReader(db: Db): (resourceId: string, kind: Kind) => DetailFields {
  const readers = byKind((kind) => {
    const table = DETAIL_TABLES[kind];
    const select = reader(
      db
        .select()
        .from(table)
        .where(eq(table.resourceId, given('resourceId'))),
    );
    return (resourceId: string): DetailFields => {
      const row = select.get({ resourceId });
      return row ? detailsOfRow(row) : {};
    };
  });
  return (resourceId, kind) => readers[kind](resourceId);
}

/** The details in a row of such a table, without the hash of a token's value. */
export function detailsOfRow(row: object): DetailFields {
  const {
    resourceId: _id,
    valueHash: _hash,
    extra,
    ...columns
  } = row as { extra: DetailFields } & Record<string, string | number | null>;
  const present = Object.entries(columns).filter(
    (entry): entry is [string, string | number] => entry[1] !== null,
  );
  return Object.assign(Object.fromEntries(present), extra);
}

function byKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return {
    account: make('account'),
    vm: make('vm'),
    container: make('container'),
    token: make('token'),
    host: make('host'),
    item: make('item'),
  };
}
