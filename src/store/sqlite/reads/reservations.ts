import { and, asc, countDistinct, eq, gt, inArray, or, sql } from 'drizzle-orm';
import type { PoolQueueAsk } from '../../../domain/queue/pool-queue';
import { READ_PLANS } from '../../plans';
import type { Reads, ReservationFilter } from '../../reads';
import { constant, given, upTo } from '../parameters';
import type { Db } from '../database';
import { detailReader } from '../details';
import type { PoolCache } from '../pool-cache';
import type { Run } from '../queries/types';
import { reader } from '../rows';
import {
  allocations,
  credentials,
  classes,
  reservations,
  resources,
  userCounts,
  queueEntries,
} from '../schema';
import { heldNameReads } from './held-names';
import { reservationLister } from './reservation-list';

type ReservationReads = Pick<
  Reads,
  | 'reservation'
  | 'reservations'
  | 'reservationPage'
  | 'heldNames'
  | 'detailsOf'
  | 'holdings'
  | 'queuePositions'
  | 'poolQueue'
  | 'waitingItems'
  | 'liveReservations'
  | 'waitingIn'
  | 'waitingForMore'
  | 'waitingForGone'
>;

/** Look-ups of reservations, their holdings and their positions. */
export function reservationReads(db: Db, pools: PoolCache, run: Run): ReservationReads {
  const one = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, given('id'))),
  );
  const live = reader(
    db
      .select({ status: userCounts.status, count: sql<number>`sum(${userCounts.count})` })
      .from(userCounts)
      .groupBy(userCounts.status),
  );
  const total = sql`(select sum(c) from (select max(w.count) as c from queue_entries w
    where w.reservation_id = ${queueEntries.reservationId} group by w.item))`;
  const more = reader(
    db
      .selectDistinct({ id: queueEntries.reservationId })
      .from(queueEntries)
      .where(
        and(
          eq(queueEntries.classId, given('classId')),
          gt(queueEntries.reservationId, given('after')),
          sql`${total} > ${given('capacity')}`,
        ),
      )
      .orderBy(asc(queueEntries.reservationId))
      .limit(upTo('limit')),
  );
  const gone = reader(
    db
      .selectDistinct({ id: queueEntries.reservationId })
      .from(queueEntries)
      .innerJoin(resources, eq(resources.id, queueEntries.resourceId))
      .where(
        and(
          gt(queueEntries.resourceId, ''),
          or(
            eq(resources.adminState, constant('draining')),
            inArray(resources.status, ['destroying', 'destroyed']),
          ),
        ),
      )
      .limit(upTo('limit')),
  );
  // Each in one transaction: otherwise, a request that is served meanwhile would be loaded half.
  const queueAtOnce = db.$client.transaction((page: PoolQueueAsk, now: number) =>
    run(READ_PLANS.poolQueue(page, now)),
  );
  const reasonsAtOnce = db.$client.transaction((id: string, now: number) =>
    run(READ_PLANS.waitingItems(id, now)),
  );
  const listed = reservationLister(db);
  return {
    reservation: async (id) => one.get({ id }) ?? null,
    reservations: async (filter, { after, limit }) =>
      db
        .select()
        .from(reservations)
        .where(and(after === null ? undefined : gt(reservations.id, after), ...conditions(filter)))
        .orderBy(asc(reservations.id))
        .limit(upTo(limit))
        .all(),
    reservationPage: async (query, page) => listed(query, page),
    ...heldNameReads(db),
    holdings: holdingsReader(db, pools),
    queuePositions: async (id) => run(READ_PLANS.queuePositions(id)),
    waitingItems: async (id, now) => reasonsAtOnce.deferred(id, now),
    poolQueue: async (page, now) => queueAtOnce.deferred(page, now),
    liveReservations: async () => ({
      queued: 0,
      preparing: 0,
      active: 0,
      ...Object.fromEntries(live.all().map(({ status, count }) => [status, count])),
    }),
    waitingIn: async (poolIds) => {
      const inPools = db
        .select({ id: classes.id })
        .from(classes)
        .where(inArray(classes.poolId, poolIds));
      return db
        .select({ count: countDistinct(queueEntries.reservationId) })
        .from(queueEntries)
        .where(inArray(queueEntries.classId, inPools))
        .get()!.count;
    },
    waitingForMore: async (classId, capacity, after, limit) =>
      more.all({ classId, capacity, after: after ?? '', limit }).map(({ id }) => id),
    waitingForGone: async (limit) => gone.all({ limit }).map(({ id }) => id),
  };
}

function conditions({ userId, status, via }: ReservationFilter) {
  return [
    via === undefined ? undefined : eq(reservations.via, via),
    userId === undefined ? undefined : eq(reservations.userId, userId),
    status === undefined ? undefined : eq(reservations.status, status),
  ];
}

function holdingsReader(db: Db, pools: PoolCache): Reads['holdings'] {
  const details = detailReader(db);
  const held = reader(
    db
      .select({
        allocation: allocations,
        resource: resources,
        credential: { id: credentials.id, sealed: credentials.sealed },
      })
      .from(allocations)
      .innerJoin(resources, eq(resources.id, allocations.resourceId))
      .leftJoin(
        credentials,
        and(eq(credentials.resourceId, resources.id), eq(credentials.state, constant('current'))),
      )
      .where(eq(allocations.reservationId, given('id')))
      .orderBy(asc(allocations.item), asc(resources.number)),
  );
  return async (id) =>
    held.all({ id }).map(({ allocation, resource, credential }) => ({
      allocation,
      resource,
      credential,
      pool: pools.byId(resource.poolId)?.pool ?? null,
      details: details(resource.id, resource.kind),
    }));
}
