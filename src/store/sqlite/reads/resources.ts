import { and, eq, gt, inArray, isNull, ne, or } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { constant, given, upTo } from '../parameters';
import type { Db } from '../database';
import { detailReader } from '../details';
import type { PoolCache } from '../pool-cache';
import { reader } from '../rows';
import {
  allocations,
  credentials,
  lentTokens,
  classCounts,
  classes,
  operations,
  reservations,
  resources,
} from '../schema';
import { holderLister } from './holders';
import { resourceLister } from './resource-list';

type ResourceReads = Pick<
  Reads,
  | 'pool'
  | 'pools'
  | 'counts'
  | 'classesOf'
  | 'resource'
  | 'lentToken'
  | 'credential'
  | 'resources'
  | 'holders'
  | 'resourceByNumber'
  | 'known'
>;

/** Look-ups of pools and resources. */
export function resourceReads(db: Db, pools: PoolCache): ResourceReads {
  const details = detailReader(db);
  const key = given('key');
  const one = reader(
    db
      .select()
      .from(resources)
      .where(
        or(eq(resources.id, key), and(eq(resources.name, key), isNull(resources.destroyedAt))),
      ),
  );
  const byNumber = reader(
    db
      .select()
      .from(resources)
      .where(
        and(
          eq(resources.poolId, given('poolId')),
          eq(resources.number, given('number')),
          isNull(resources.destroyedAt),
        ),
      )
      .limit(upTo(1)),
  );
  const list = resourceLister(db);
  const holders = holderLister(db);
  const counts = reader(
    db
      .select({
        poolId: classes.poolId,
        type: classes.type,
        status: classCounts.status,
        adminState: classCounts.adminState,
        held: classCounts.held,
        count: classCounts.count,
      })
      .from(classCounts)
      .innerJoin(classes, eq(classes.id, classCounts.classId))
      .where(and(gt(classCounts.count, 0), ne(classCounts.status, 'destroyed'))),
  );
  const classesOf = reader(
    db
      .select({ id: classes.id, type: classes.type })
      .from(classes)
      .where(eq(classes.poolId, given('poolId'))),
  );
  const holder = reader(
    db
      .select({ reservationId: allocations.reservationId, userId: reservations.userId })
      .from(allocations)
      .innerJoin(reservations, eq(reservations.id, allocations.reservationId))
      .where(and(eq(allocations.resourceId, given('id')), isNull(allocations.endedAt))),
  );
  const byValue = reader(
    db
      .select({ id: lentTokens.resourceId })
      .from(lentTokens)
      .where(eq(lentTokens.valueHash, given('valueHash'))),
  );
  const current = reader(
    db
      .select({ id: credentials.id, sealed: credentials.sealed })
      .from(credentials)
      .where(
        and(
          eq(credentials.resourceId, given('resourceId')),
          eq(credentials.state, constant('current')),
        ),
      ),
  );
  const withDetails = (resource: typeof resources.$inferSelect) => ({
    resource,
    details: details(resource.id, resource.kind),
    holder: resource.status === 'allocated' ? (holder.get({ id: resource.id }) ?? null) : null,
  });
  return {
    pool: async (name) => pools.byName(name)?.pool ?? null,
    pools: async () => pools.all().map(({ pool }) => pool),
    counts: async () => counts.all(),
    classesOf: async (poolId) => classesOf.all({ poolId }),
    resource: async (idOrName) => {
      const found = one.get({ key: idOrName });
      return found ? withDetails(found) : null;
    },
    lentToken: async (valueHash) => byValue.get({ valueHash })?.id ?? null,
    credential: async (resourceId) => current.get({ resourceId }) ?? null,
    resources: async (filter, page) => list(filter, page).map(withDetails),
    holders: async (poolId, now, page) => holders(poolId, now, page),
    resourceByNumber: async (poolId, number) => {
      const found = byNumber.get({ poolId, number });
      return found ? withDetails(found) : null;
    },
    known: async (operationIds, resourceIds) => ({
      operations: db
        .select({ id: operations.id })
        .from(operations)
        .where(and(inArray(operations.id, operationIds), isNull(operations.finishedAt)))
        .all()
        .map(({ id }) => id),
      handles: db
        .select({ handle: resources.handle })
        .from(resources)
        .where(and(inArray(resources.id, resourceIds), isNull(resources.destroyedAt)))
        .all()
        .flatMap(({ handle }) => handle ?? []),
    }),
  };
}
