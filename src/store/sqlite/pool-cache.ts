import { eq, getTableColumns } from 'drizzle-orm';
import type { PoolWithClasses } from '../../domain/query';
import type { Db } from './database';
import { given } from './parameters';
import { reader } from './rows';
import { classes, pools } from './schema';

/**
 * Pools rarely change but are read in every transaction, so they are parsed once per version. The
 * version is checked once in a transaction, and at every use outside one.
 */
export interface PoolCache {
  /** A transaction has begun: until it ends, nobody else writes. */
  begin(): void;
  /** The transaction has ended, or has written pools. */
  doubt(): void;
  /** The transaction failed: what was read may never have been committed. */
  forget(): void;
  byId(id: string): PoolWithClasses | null;
  byName(name: string): PoolWithClasses | null;
  all(): PoolWithClasses[];
}

/** Reads through one connection, correctly inside a transaction and outside. */
export function poolCache(db: Db): PoolCache {
  const cached = new Map<string, PoolWithClasses>();
  /** The pools whose version this transaction has checked. */
  let certain: Map<string, PoolWithClasses> | null = null;
  const version = reader(
    db
      .select({ id: pools.id, version: pools.version })
      .from(pools)
      .where(eq(pools.id, given('id'))),
  );
  const idOf = reader(
    db
      .select({ id: pools.id, version: pools.version })
      .from(pools)
      .where(eq(pools.name, given('name'))),
  );
  const versions = reader(
    db
      .select({ id: pools.id, version: pools.version })
      .from(pools)
      .orderBy(pools.createdAt, pools.id),
  );
  const { replanAfter: _after, replanExpiry: _expiry, ...columns } = getTableColumns(pools);
  const select = reader(
    db
      .select(columns)
      .from(pools)
      .where(eq(pools.id, given('id'))),
  );
  const selectClasses = reader(
    db
      .select()
      .from(classes)
      .where(eq(classes.poolId, given('id')))
      .orderBy(classes.id),
  );

  const load = (row: { id: string; version: number } | undefined): PoolWithClasses | null => {
    if (!row) return null;
    const known = cached.get(row.id);
    if (known?.pool.version === row.version) return known;
    const fresh = { pool: select.get({ id: row.id })!, classes: selectClasses.all({ id: row.id }) };
    cached.set(row.id, fresh);
    return fresh;
  };
  const byId = (id: string): PoolWithClasses | null => {
    const sure = certain?.get(id);
    if (sure) return sure;
    const found = load(version.get({ id }));
    if (found) certain?.set(id, found);
    return found;
  };
  return {
    begin: () => void (certain = new Map()),
    doubt: () => void (certain = null),
    forget: () => {
      certain = null;
      cached.clear();
    },
    byId,
    byName: (name) => load(idOf.get({ name })),
    all: () => {
      const rows = versions.all();
      const found = rows.map((row) => load(row)!);
      if (cached.size > rows.length) forgetAllBut(cached, new Set(rows.map(({ id }) => id)));
      return found;
    },
  };
}

function forgetAllBut(cached: Map<string, PoolWithClasses>, present: ReadonlySet<string>): void {
  for (const id of cached.keys()) if (!present.has(id)) cached.delete(id);
}
