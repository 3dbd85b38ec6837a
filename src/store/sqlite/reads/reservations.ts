import { and, asc, countDistinct, eq, gt, inArray, isNotNull, lte, or, sql } from 'drizzle-orm';
import {
  POSITION_LIMIT,
  type Reads,
  type ReservationFilter,
  type QueuePosition,
} from '../../reads';
import { constant, upTo } from '../bounds';
import type { Db } from '../database';
import { detailReader } from '../details';
import type { PoolCache } from '../loads/pool-cache';
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

type ReservationReads = Pick<
  Reads,
  | 'reservation'
  | 'reservations'
  | 'holdings'
  | 'queuePositions'
  | 'liveReservations'
  | 'waitingIn'
  | 'overdue'
  | 'nextDeadline'
  | 'waitingForMore'
  | 'waitingForGone'
>;

/** Look-ups of reservations, what they hold, and where they stand. */
export function reservationReads(db: Db, pools: PoolCache): ReservationReads {
  const one = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, sql.placeholder('id'))),
  );
  const live = reader(
    db
      .select({ status: userCounts.status, count: sql<number>`sum(${userCounts.count})` })
      .from(userCounts)
      .groupBy(userCounts.status),
  );
  const overdue = reader(
    db
      .select({ id: reservations.id })
      .from(reservations)
      .where(lte(reservations.deadlineAt, sql.placeholder('now')))
      .orderBy(asc(reservations.deadlineAt))
      .limit(upTo(sql.placeholder('limit'))),
  );
  const next = reader(
    db
      .select({ at: reservations.deadlineAt })
      .from(reservations)
      .where(isNotNull(reservations.deadlineAt))
      .orderBy(asc(reservations.deadlineAt))
      .limit(upTo(1)),
  );
  const total = sql`(select sum(c) from (select max(w.count) as c from queue_entries w where w.reservation_id = ${queueEntries.reservationId} group by w.item))`;
  const more = reader(
    db
      .selectDistinct({ id: queueEntries.reservationId })
      .from(queueEntries)
      .where(
        and(
          eq(queueEntries.classId, sql.placeholder('classId')),
          gt(queueEntries.reservationId, sql.placeholder('after')),
          sql`${total} > ${sql.placeholder('capacity')}`,
        ),
      )
      .orderBy(asc(queueEntries.reservationId))
      .limit(upTo(sql.placeholder('limit'))),
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
      .limit(upTo(sql.placeholder('limit'))),
  );
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
    holdings: holdingsReader(db, pools),
    queuePositions: standingsReader(db),
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
    overdue: async (now, limit) => overdue.all({ now, limit }).map(({ id }) => id),
    nextDeadline: async () => next.get()?.at ?? null,
    waitingForMore: async (classId, capacity, after, limit) =>
      more.all({ classId, capacity, after, limit }).map(({ id }) => id),
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
      .where(eq(allocations.reservationId, sql.placeholder('id')))
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

/** For each waiting item its best line: the one with the fewest before it. */
function standingsReader(db: Db): Reads['queuePositions'] {
  const rows = reader(
    db
      .select()
      .from(queueEntries)
      .where(eq(queueEntries.reservationId, sql.placeholder('id')))
      .orderBy(queueEntries.item),
  );
  const p = { rank: sql.placeholder('rank'), id: sql.placeholder('id') };
  // As a row value it bounds the walk through the index; as `or` it would be asked of every row.
  const isBefore = sql`(${queueEntries.rank}, ${queueEntries.reservationId}) < (${p.rank}, ${p.id})`;
  const before = db
    .select({ one: sql`1`.as('one') })
    .from(queueEntries)
    .where(
      and(
        eq(queueEntries.classId, sql.placeholder('classId')),
        sql`${queueEntries.missing} > 0 and ${queueEntries.resourceId} is null`,
        isBefore,
      ),
    )
    .limit(upTo(POSITION_LIMIT + 1))
    .as('before');
  const ahead = reader(db.select({ count: sql<number>`count(*)` }).from(before));
  const naming = db
    .select({ one: sql`1`.as('one') })
    .from(queueEntries)
    .where(
      and(
        eq(queueEntries.resourceId, sql.placeholder('resourceId')),
        sql`${queueEntries.missing} > 0`,
        isBefore,
      ),
    )
    .limit(upTo(POSITION_LIMIT + 1))
    .as('naming');
  const namingAhead = reader(db.select({ count: sql<number>`count(*)` }).from(naming));
  return async (id) => {
    const queuePositions = new Map<number, QueuePosition>();
    for (const { item, classId, resourceId, rank, count, missing } of rows.all({ id })) {
      const rivals = resourceId === null ? 0 : namingAhead.get({ resourceId, rank, id })!.count;
      const here = ahead.get({ classId, rank, id })!.count + rivals;
      const known = queuePositions.get(item);
      if (!known)
        queuePositions.set(item, { item, count, missing, ahead: here, classIds: [classId] });
      else
        queuePositions.set(item, {
          ...known,
          ahead: Math.min(known.ahead, here),
          classIds: [...known.classIds, classId],
        });
    }
    return [...queuePositions.values()];
  };
}
