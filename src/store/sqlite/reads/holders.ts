import { and, asc, eq, gt, inArray, isNull, or } from 'drizzle-orm';
import type { Holder, Page } from '../../reads';
import { constant, given, upTo } from '../parameters';
import type { Db } from '../database';
import { reader } from '../rows';
import { allocations, classCounts, classes, reservations, resources, users } from '../schema';

const COLUMNS = {
  resourceId: resources.id,
  resource: resources.name,
  type: resources.type,
  reservationId: reservations.id,
  status: reservations.status,
  userId: reservations.userId,
  userName: users.name,
  since: allocations.startedAt,
  until: reservations.endsAt,
};

/** A loan whose deadline has passed is over, whether or not a job has acted on it. */
const isRunning = and(
  inArray(reservations.status, ['preparing', 'active']),
  or(isNull(reservations.deadlineAt), gt(reservations.deadlineAt, given('now'))),
);

/**
 * Pages of the loans of a pool, in order of the resource's id. A page is merged from the classes, of
 * each of which the lent resources have an index in that order.
 */
export function holderLister(db: Db): (poolId: string, now: number, page: Page) => Holder[] {
  const lending = reader(
    db
      .selectDistinct({ classId: classes.id })
      .from(classes)
      .innerJoin(classCounts, eq(classCounts.classId, classes.id))
      .where(
        and(
          eq(classes.poolId, given('poolId')),
          eq(classCounts.status, constant('allocated')),
          gt(classCounts.count, 0),
        ),
      ),
  );
  const loans = reader(
    db
      .select(COLUMNS)
      .from(resources)
      .innerJoin(
        allocations,
        and(eq(allocations.resourceId, resources.id), isNull(allocations.endedAt)),
      )
      .innerJoin(reservations, eq(reservations.id, allocations.reservationId))
      .leftJoin(users, eq(users.id, reservations.userId))
      .where(
        and(
          eq(resources.classId, given('classId')),
          eq(resources.status, constant('allocated')),
          isNull(resources.destroyedAt),
          gt(resources.id, given('after')),
          isRunning,
        ),
      )
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  const list = (poolId: string, now: number, { after, limit }: Page): Holder[] =>
    lending
      .all({ poolId })
      .flatMap(({ classId }) => loans.all({ classId, now, after: after ?? '', limit }))
      .sort((a, b) => (a.resourceId < b.resourceId ? -1 : 1))
      .slice(0, limit);
  const atOnce = db.$client.transaction(list);
  return (poolId, now, page) => atOnce.deferred(poolId, now, page);
}
