import { and, asc, eq, gt, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import type { LeftClaim, StartupSnapshot } from '../../../domain/lifecycle/recovery';
import type { RestoredSnapshot } from '../../../domain/lifecycle/restored';
import type { Load } from '../../loads';
import type { Page } from '../../page';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import type { PoolCache } from '../pool-cache';
import { reader } from '../rows';
import { operations, resources } from '../schema';

/** The unfinished claims of a worker, or of all workers whose names share this prefix. */
export function claimsLoader(db: Db) {
  const worker = given('worker');
  const select = reader(
    db
      .select({ operation: operations, resource: resources })
      .from(operations)
      .innerJoin(
        resources,
        and(eq(resources.id, operations.resourceId), eq(resources.operationId, operations.id)),
      )
      .where(
        and(
          isNull(operations.finishedAt),
          gt(operations.claimedUntil, 0),
          sql`substr(${operations.claimedBy}, 1, length(${worker})) = ${worker}`,
        ),
      )
      .limit(upTo('limit')),
  );
  return (query: Load<'claims'>): LeftClaim[] => select.all(query);
}

/** Available and spare resources, in order of id. */
export function startupLoader(
  db: Db,
  pools: PoolCache,
): (load: Load<'startup'>) => StartupSnapshot {
  return pageLoader(db, pools, inArray(resources.status, ['available', 'spare']));
}

/** All resources, in order of id. */
export function restoredLoader(
  db: Db,
  pools: PoolCache,
): (load: Load<'restored'>) => RestoredSnapshot {
  return pageLoader(db, pools);
}

function pageLoader(db: Db, pools: PoolCache, which?: SQL) {
  // Without a first id, start before all of them: no id is empty.
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(gt(resources.id, given('after')), which))
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  return ({ after, limit }: Page) => {
    const found = select.all({ after: after ?? '', limit });
    const known = [...new Set(found.map(({ poolId }) => poolId))].flatMap(
      (id) => pools.byId(id)?.pool ?? [],
    );
    return { resources: found, pools: Object.fromEntries(known.map((pool) => [pool.id, pool])) };
  };
}
