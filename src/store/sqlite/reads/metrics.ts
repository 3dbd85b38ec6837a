import { and, asc, eq, gt, gte, isNull, lte, sql } from 'drizzle-orm';
import { PROMOTED_BELOW } from '../../../domain/queue/ranks';
import {
  COUNTED_EVENTS,
  type DirtyResource,
  type MetricReads,
  type QueueState,
} from '../../metric-reads';
import type { Db } from '../database';
import { constant, given, upTo } from '../parameters';
import { reader } from '../rows';
import {
  classes,
  events,
  queueEntries,
  queueLengths,
  reservations,
  resources,
  returns,
} from '../schema';

/** Look-ups for the metrics. */
export function metricReads(db: Db): MetricReads {
  const found = reader(
    db
      .select({
        type: sql<(typeof COUNTED_EVENTS)[number]>`${events.type}`,
        at: events.at,
        poolId: events.poolId,
        resourceId: events.resourceId,
        to: ofEvent('to'),
        reason: ofEvent('reason'),
        level: ofEvent('level'),
        outcome: ofEvent('outcome'),
        loanEndedAt: LOAN_ENDED_AT,
        cleaned: CLEANED,
        requestedAt: reservations.requestedAt,
        startsAt: reservations.startsAt,
      })
      .from(events)
      .leftJoin(reservations, eq(reservations.id, events.reservationId))
      .leftJoin(
        returns,
        and(
          eq(events.type, constant('resource.returned')),
          eq(returns.seq, sql`json_extract(${events.data}, '$.record')`),
        ),
      )
      .where(
        and(
          gt(events.seq, given('after')),
          lte(events.seq, given('upTo')),
          sql`${events.type} in (${sql.join(COUNTED_EVENTS.map(constant), sql`, `)})`,
        ),
      )
      .orderBy(asc(events.seq)),
  );
  const queueStates = queueReader(db);
  const dirty = dirtyReader(db);
  return {
    happenings: async (after, last) => found.all({ after, upTo: last }),
    queueStates: async (poolId) => queueStates(poolId),
    dirtyResources: async (after, limit) => dirty(after ?? '', limit),
  };
}

const ofEvent = (name: string) =>
  sql<null>`json_extract(${events.data}, ${sql.raw(`'$.${name}'`)})`;

const LOAN_ENDED_AT = sql<
  number | null
>`case when json_extract(${returns.record}, '$.cause') = 'loan'
  then json_extract(${returns.record}, '$.since') end`;

/** The steps of a record are few. */
const CLEANED = sql<number | null>`(
  select json_extract(step.value, '$.until') - json_extract(step.value, '$.since')
  from json_each(${returns.record}, '$.steps') step
  where json_extract(step.value, '$.step') = 'clean' limit 1)`;

/**
 * The queues of a pool, or of all, in which something is missing; each with the earliest that its two
 * orders show.
 */
export function queueReader(db: Db): (poolId?: string) => QueueState[] {
  const columns = {
    classId: queueLengths.classId,
    poolId: classes.poolId,
    length: queueLengths.count,
  };
  const isWaited = gt(queueLengths.count, 0);
  const waited = reader(
    db
      .select(columns)
      .from(queueLengths)
      .innerJoin(classes, eq(classes.id, queueLengths.classId))
      .where(isWaited),
  );
  const waitedIn = reader(
    db
      .select(columns)
      .from(classes)
      .innerJoin(queueLengths, eq(queueLengths.classId, classes.id))
      .where(and(eq(classes.poolId, given('poolId')), isWaited)),
  );
  const requested = db.select({ at: queueEntries.requestedAt }).from(queueEntries);
  const inClass = eq(queueEntries.classId, given('classId'));
  const isMissing = sql`${queueEntries.missing} > 0`;
  const head = reader(
    requested
      .where(
        and(inClass, isMissing, isNull(queueEntries.resourceId), sql`${queueEntries.parked} = 0`),
      )
      .orderBy(asc(queueEntries.rank), asc(queueEntries.reservationId))
      .limit(upTo(1)),
  );
  const oldest = reader(
    db
      .select({ at: queueEntries.requestedAt })
      .from(queueEntries)
      .where(and(inClass, isMissing, gte(queueEntries.rank, sql.raw(String(PROMOTED_BELOW)))))
      .orderBy(asc(queueEntries.requestedAt), asc(queueEntries.reservationId))
      .limit(upTo(1)),
  );
  return (of) =>
    (of === undefined ? waited.all() : waitedIn.all({ poolId: of })).map(
      ({ classId, poolId, length }) => {
        const times = [head, oldest].flatMap((each) => each.get({ classId })?.at ?? []);
        return { poolId, length, oldest: times.length > 0 ? Math.min(...times) : null };
      },
    );
}

/** Each class and status is a list in order of id, so a page is merged from them. */
function dirtyReader(db: Db): (after: string, limit: number) => DirtyResource[] {
  const all = reader(db.select({ classId: classes.id }).from(classes));
  const page = reader(
    db
      .select({
        id: resources.id,
        poolId: resources.poolId,
        since: sql<number>`coalesce(json_extract(${resources.wayBack}, '$.since'), ${resources.changedAt})`,
      })
      .from(resources)
      .where(
        and(
          eq(resources.classId, given('classId')),
          eq(resources.status, given('status')),
          gt(resources.id, given('after')),
          isNull(resources.destroyedAt),
        ),
      )
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  return (after, limit) =>
    all
      .all()
      .flatMap(({ classId }) =>
        ['dirty', 'cleaning'].flatMap((status) => page.all({ classId, status, after, limit })),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
}
