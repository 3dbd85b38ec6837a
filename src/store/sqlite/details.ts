import { eq, getTableColumns, sql } from 'drizzle-orm';
import type { DetailFields } from '../../domain/change';
import type { Kind } from '../../domain/pool';
import { inserter } from './columns';
import type { Db } from './database';
import { accounts, containers, lentTokens, vms } from './schema';

/** Which table holds what is particular to a kind. */
export const DETAIL_TABLES = { account: accounts, vm: vms, container: containers, token: lentTokens } as const;

/** Writes the particulars of a resource: fields with a column of their own go there, the rest into `extra`. */
export function detailWriter(db: Db): (resourceId: string, kind: Kind, details: DetailFields) => void {
  const writers = byKind((kind) => {
    const table = DETAIL_TABLES[kind];
    const columns = Object.keys(getTableColumns(table)).filter((name) => name !== 'resourceId' && name !== 'extra');
    const remove = db.delete(table).where(eq(table.resourceId, sql.placeholder('resourceId'))).prepare();
    const insert = inserter(db, table);
    return (resourceId: string, details: DetailFields) => {
      const extra = Object.fromEntries(Object.entries(details).filter(([name]) => !columns.includes(name)));
      remove.run({ resourceId });
      insert({ ...details, resourceId, extra });
    };
  });
  return (resourceId, kind, details) => writers[kind](resourceId, details);
}

/** Reads the particulars of a resource; `{}` if its driver has told none. */
export function detailReader(db: Db): (resourceId: string, kind: Kind) => DetailFields {
  const readers = byKind((kind) => {
    const table = DETAIL_TABLES[kind];
    const select = db.select().from(table).where(eq(table.resourceId, sql.placeholder('resourceId'))).prepare();
    return (resourceId: string): DetailFields => {
      const row = select.get({ resourceId }) as ({ resourceId: string; extra: DetailFields } & Record<string, string | number | null>) | undefined;
      if (!row) return {};
      const { resourceId: _id, extra, ...columns } = row;
      const present = Object.entries(columns).filter((entry): entry is [string, string | number] => entry[1] !== null);
      return { ...Object.fromEntries(present), ...extra };
    };
  });
  return (resourceId, kind) => readers[kind](resourceId);
}

function byKind<T>(make: (kind: Kind) => T): Record<Kind, T> {
  return { account: make('account'), vm: make('vm'), container: make('container'), token: make('token') };
}
