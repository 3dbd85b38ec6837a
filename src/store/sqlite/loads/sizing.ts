import { and, desc, eq, inArray, max, ne, notInArray, sql } from 'drizzle-orm';
import type { ResourceClass, Pool } from '../../../domain/pools/pool';
import type { Resource, ResourceStatus } from '../../../domain/lifecycle/resource';
import {
  mostToMake,
  nameOf,
  SIZING_BATCH,
  surplus,
  type SizingSnapshot,
} from '../../../domain/pools/sizing';
import type { Load, Loads } from '../../loads';
import { constant, upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { classCounts, classes, resources } from '../schema';
import type { PoolCache } from './pool-cache';

const GOING: ResourceStatus[] = ['destroying', 'destroyed'];

/**
 * A pool against its size: counts from the counters, and who could go where a line has too many.
 */
export function sizingLoader(db: Db, pools: PoolCache) {
  const counts = countLoader(db);
  const numbers = numberLoader(db);
  const staying = and(
    eq(resources.classId, sql.placeholder('classId')),
    ne(resources.adminState, 'draining'),
    sql`${resources.destroyedAt} is null`,
  );
  const byNumber = (status: 'idle' | 'allocated') => {
    const which =
      status === 'allocated'
        ? eq(resources.status, constant('allocated'))
        : notInArray(resources.status, [...GOING, 'allocated']);
    return reader(
      db
        .select()
        .from(resources)
        .where(and(staying, which))
        .orderBy(desc(resources.number))
        .limit(upTo(sql.placeholder('limit'))),
    );
  };
  const idle = byNumber('idle');
  const lent = byNumber('allocated');
  return (poolId: string): SizingSnapshot | null => {
    const cached = pools.byId(poolId);
    if (!cached) return null;
    const measured = { ...cached, counts: counts(cached.classes) };
    const removable = [...surplus(measured)].flatMap(([resourceClass, extra]) => {
      const limit = Math.min(Math.max(extra, 0), SIZING_BATCH);
      if (limit === 0) return [];
      const first = idle.all({ classId: resourceClass.id, limit });
      return [
        ...first,
        ...(first.length < limit
          ? lent.all({ classId: resourceClass.id, limit: limit - first.length })
          : []),
      ];
    });
    return { ...measured, numbers: numbers(cached.pool, mostToMake(measured)), removable };
  };
}

function countLoader(db: Db): (classes: ResourceClass[]) => Record<number, number> {
  return (classes) => {
    if (classes.length === 0) return {};
    const rows = db
      .select({ classId: classCounts.classId, count: sql<number>`sum(${classCounts.count})` })
      .from(classCounts)
      .where(
        and(
          inArray(
            classCounts.classId,
            classes.map(({ id }) => id),
          ),
          ne(classCounts.adminState, 'draining'),
          notInArray(classCounts.status, GOING),
        ),
      )
      .groupBy(classCounts.classId)
      .all();
    return Object.fromEntries(rows.map(({ classId, count }) => [classId, count]));
  };
}

type ResourceByName = (name: string) => Resource | null;

function byNameLoader(db: Db): ResourceByName {
  const select = reader(
    db
      .select()
      .from(resources)
      .where(
        and(eq(resources.name, sql.placeholder('name')), sql`${resources.destroyedAt} is null`),
      ),
  );
  return (name) => select.get({ name }) ?? null;
}

/**
 * The next numbers of a pool; those are left out under whose names something else goes, in
 * whichever pool.
 */
function numberLoader(
  db: Db,
  highest = highestLoader(db),
  byName = byNameLoader(db),
): (pool: Pool, count: number) => number[] {
  return (pool, count) => {
    const free: number[] = [];
    for (let number = count > 0 ? highest(pool.id) + 1 : 0; free.length < count; number += 1) {
      if (!byName(nameOf(pool, number))) free.push(number);
    }
    return free;
  };
}

function highestLoader(db: Db): (poolId: string) => number {
  const select = reader(
    db
      .select({ highest: max(resources.number) })
      .from(resources)
      .where(
        and(eq(resources.poolId, sql.placeholder('poolId')), sql`${resources.destroyedAt} is null`),
      ),
  );
  return (poolId) => select.get({ poolId })?.highest ?? 0;
}

/** A pool by name, for what creates it, changes it, or adds a resource to it. */
export function poolLoader(db: Db, pools: PoolCache) {
  const [highest, byName] = [highestLoader(db), byNameLoader(db)];
  const numbers = numberLoader(db, highest, byName);
  const lent = reader(
    db
      .select({ type: classes.type, count: classCounts.count })
      .from(classCounts)
      .innerJoin(classes, eq(classes.id, classCounts.classId))
      .where(
        and(
          eq(classes.poolId, sql.placeholder('poolId')),
          eq(classCounts.status, 'allocated'),
          ne(classCounts.adminState, 'draining'),
        ),
      ),
  );
  const lentOf = (poolId: string) => {
    const counts = new Map<string, number>();
    for (const { type, count } of lent.all({ poolId }))
      counts.set(type, (counts.get(type) ?? 0) + count);
    return counts;
  };
  return ({ name, resource }: Load<'pool'>): Loads['pool']['gives'] => {
    const found = {
      sameNamed: resource === undefined ? null : byName(resource),
    };
    const cached = pools.byName(name);
    if (!cached)
      return { pool: null, classes: [], next: 1, empty: true, lent: new Map(), ...found };
    const { pool, classes: its } = cached;
    return {
      pool,
      classes: its,
      next: numbers(pool, 1)[0]!,
      empty: highest(pool.id) === 0,
      lent: lentOf(pool.id),
      ...found,
    };
  };
}
