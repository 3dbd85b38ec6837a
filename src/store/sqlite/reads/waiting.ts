import { and, asc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { isAvailableSql } from '../queries/available';
import { reader } from '../rows';
import { pools, queueEntries, queueLengths, resources } from '../schema';

type WaitingReads = Pick<
  Reads,
  | 'queuesToServe'
  | 'queuesWithHoles'
  | 'namedToServe'
  | 'bundlesToReview'
  | 'maintenanceEnds'
  | 'poolsToReplan'
>;

const isMissing = sql`${queueEntries.missing} > 0`;
const isServed = sql`${queueEntries.parked} = 0`;
const isParked = sql`${queueEntries.parked} = 1`;

/** Look-ups of what the job that reconciles is to look at again. */
export function waitingReads(db: Db): WaitingReads {
  const waited = reader(
    db
      .select({ classId: queueLengths.classId })
      .from(queueLengths)
      .where(and(gt(queueLengths.count, 0), gt(queueLengths.classId, given('after'))))
      .orderBy(asc(queueLengths.classId)),
  );
  const head = reader(
    db
      .select({ classId: queueEntries.classId })
      .from(queueEntries)
      .where(
        and(
          eq(queueEntries.classId, given('classId')),
          isMissing,
          isNull(queueEntries.resourceId),
          isServed,
        ),
      )
      .limit(upTo(1)),
  );
  const inClass = eq(resources.classId, given('classId'));
  const one = db.select({ id: resources.id }).from(resources);
  const free = reader(one.where(and(inClass, isAvailableSql)).limit(upTo(1)));
  const isHeld = isNotNull(resources.heldFor);
  const hole = reader(
    db
      .select({ id: resources.id })
      .from(resources)
      .where(and(inClass, isHeld, gt(resources.heldUntil, given('now'))))
      .limit(upTo(1)),
  );
  const queues = (after: number, limit: number, offers: (classId: number) => boolean) =>
    waited
      .all({ after })
      .map(({ classId }) => classId)
      .filter((classId) => head.get({ classId }) !== undefined && offers(classId))
      .slice(0, limit);
  const named = reader(
    db
      .selectDistinct({ id: sql<string>`${queueEntries.resourceId}` })
      .from(queueEntries)
      .innerJoin(resources, eq(resources.id, queueEntries.resourceId))
      .where(and(gt(queueEntries.resourceId, given('after')), isServed, isMissing, isAvailableSql))
      .orderBy(asc(queueEntries.resourceId))
      .limit(upTo('limit')),
  );
  const holding = reader(
    db
      .selectDistinct({ id: sql<string>`${resources.heldFor}` })
      .from(resources)
      .where(gt(resources.heldFor, given('after')))
      .orderBy(asc(resources.heldFor))
      .limit(upTo('limit')),
  );
  const parked = reader(
    db
      .selectDistinct({ id: queueEntries.reservationId })
      .from(queueEntries)
      .where(and(isParked, gt(queueEntries.reservationId, given('after'))))
      .orderBy(asc(queueEntries.reservationId))
      .limit(upTo('limit')),
  );
  const ends = reader(
    db
      .select({ id: resources.id, at: sql<number>`${resources.maintenanceUntil}` })
      .from(resources)
      .where(isNotNull(resources.maintenanceUntil))
      .orderBy(asc(resources.maintenanceUntil))
      .limit(upTo('limit')),
  );
  const replanned = reader(
    db.select({ id: pools.id }).from(pools).where(isNotNull(pools.replanAfter)),
  );
  return {
    queuesToServe: async (after, limit) =>
      queues(after, limit, (classId) => free.get({ classId }) !== undefined),
    queuesWithHoles: async (now, after, limit) =>
      queues(after, limit, (classId) => hole.get({ classId, now }) !== undefined),
    namedToServe: async (after, limit) => named.all({ after, limit }).map(({ id }) => id),
    bundlesToReview: async (after, limit) => {
      const found = [...holding.all({ after, limit }), ...parked.all({ after, limit })];
      return [...new Set(found.map(({ id }) => id))].sort().slice(0, limit);
    },
    maintenanceEnds: async (limit) => ends.all({ limit }),
    poolsToReplan: async () => replanned.all().map(({ id }) => id),
  };
}
