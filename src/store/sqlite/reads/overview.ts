import { and, asc, desc, eq, gt, isNull, ne, sql } from 'drizzle-orm';
import type {
  OverviewReads,
  PoolState,
  PoolStateBounds,
  ResourceState,
} from '../../overview-reads';
import type { Db } from '../database';
import { given, upTo } from '../parameters';
import { reader } from '../rows';
import { classCounts, classes, events, queueEntries, resources } from '../schema';
import { queueReader } from './metrics';

/** Look-ups for the overview. */
export function overviewReads(db: Db): OverviewReads {
  const groups = groupReader(db);
  const counts = countReader(db);
  const queues = queueReader(db);
  const waiting = waitingReader(db);
  const states = stateReader(db);
  const poolState = (poolId: string, bounds: PoolStateBounds): PoolState => {
    const found = queues(poolId);
    const entries = found.reduce((sum, { length }) => sum + length, 0);
    return {
      counts: counts.all({ poolId }),
      queues: found,
      waiting: entries <= bounds.entries ? waiting.all({ poolId }) : null,
      resources: states(poolId, bounds.resources),
    };
  };
  const atOnce = db.$client.transaction(poolState);
  return {
    eventGroups: async (after, limit) => groups.all({ after, limit }),
    poolState: async (poolId, bounds) => atOnce.deferred(poolId, bounds),
  };
}

function groupReader(db: Db) {
  const newest = db
    .select({ seq: events.seq, poolId: events.poolId, type: events.type, userId: events.userId })
    .from(events)
    .where(gt(events.seq, given('after')))
    .orderBy(desc(events.seq))
    .limit(upTo('limit'))
    .as('newest');
  const unlessOfPool = <T>(column: unknown) =>
    sql<T | null>`case when ${newest.poolId} is null then ${column} end`;
  const type = unlessOfPool<typeof events.$inferSelect.type>(newest.type);
  const userId = unlessOfPool<string>(newest.userId);
  return reader(
    db
      .select({
        poolId: newest.poolId,
        type,
        userId,
        count: sql<number>`count(*)`,
        seq: sql<number>`max(${newest.seq})`,
      })
      .from(newest)
      .groupBy(newest.poolId, type, userId),
  );
}

function countReader(db: Db) {
  return reader(
    db
      .select({
        poolId: classes.poolId,
        type: classes.type,
        status: classCounts.status,
        adminState: classCounts.adminState,
        held: classCounts.held,
        count: classCounts.count,
      })
      .from(classes)
      .innerJoin(classCounts, eq(classCounts.classId, classes.id))
      .where(
        and(
          eq(classes.poolId, given('poolId')),
          gt(classCounts.count, 0),
          ne(classCounts.status, 'destroyed'),
        ),
      ),
  );
}

function waitingReader(db: Db) {
  const { reservationId, requestedAt, missing } = queueEntries;
  return reader(
    db
      .select({ reservationId, requestedAt })
      .from(classes)
      .innerJoin(queueEntries, eq(queueEntries.classId, classes.id))
      .where(and(eq(classes.poolId, given('poolId')), sql`${missing} > 0`)),
  );
}

function stateReader(db: Db): (poolId: string, limit: number) => ResourceState[] {
  const { id, name, type, status, adminState, heldFor } = resources;
  const found = reader(
    db
      .select({ id, name, type, status, adminState, heldFor })
      .from(resources)
      .where(and(eq(resources.poolId, given('poolId')), isNull(resources.destroyedAt)))
      .orderBy(asc(resources.number))
      .limit(upTo('limit')),
  );
  return (poolId, limit) =>
    found
      .all({ poolId, limit })
      .map(({ heldFor: by, ...rest }) => ({ ...rest, held: by !== null }));
}
