import { and, asc, desc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { isAvailableSql } from '../loads/queues';
import type { PoolCache } from '../loads/pool-cache';
import { breakers, events, resources, waits } from '../schema';

type WorkReads = Pick<Reads, 'nextDue' | 'linesToServe' | 'eventsAfter' | 'lastSeq'>;

/** What is due, and what has happened. */
export function workReads(db: Db, pools: PoolCache): WorkReads {
  const due = db
    .select({ at: resources.dueAt })
    .from(resources)
    .where(
      and(
        eq(resources.poolId, sql.placeholder('poolId')),
        eq(resources.nextOperation, sql.placeholder('kind')),
        isNotNull(resources.dueAt),
        isNull(resources.setAsideFor),
      ),
    )
    .orderBy(asc(resources.dueAt))
    .limit(1)
    .prepare();
  const breaker = db.select({ openUntil: breakers.openUntil }).from(breakers).where(eq(breakers.poolId, sql.placeholder('poolId'))).prepare();
  const waited = db
    .select({ lineId: waits.lineId })
    .from(waits)
    .where(and(eq(waits.lineId, sql.placeholder('lineId')), sql`${waits.missing} > 0 and ${waits.resourceId} is null`))
    .limit(1)
    .prepare();
  const free = db.select({ id: resources.id }).from(resources).where(and(eq(resources.lineId, sql.placeholder('lineId')), isAvailableSql)).limit(1).prepare();
  const after = db.select().from(events).where(gt(events.seq, sql.placeholder('seq'))).orderBy(asc(events.seq)).limit(sql.placeholder('limit')).prepare();
  const last = db.select({ seq: events.seq }).from(events).orderBy(desc(events.seq)).limit(1).prepare();
  return {
    nextDue: async (kinds) => {
      const times = pools.all().flatMap(({ pool }) => {
        const notBefore = breaker.get({ poolId: pool.id })?.openUntil ?? 0;
        return kinds.flatMap((kind) => {
          const at = due.get({ poolId: pool.id, kind })?.at;
          return at === null || at === undefined ? [] : [Math.max(at, notBefore)];
        });
      });
      return times.length === 0 ? null : Math.min(...times);
    },
    linesToServe: async (limit) =>
      pools
        .all()
        .flatMap(({ lines }) => lines.map(({ id }) => id))
        .filter((lineId) => waited.get({ lineId }) !== undefined && free.get({ lineId }) !== undefined)
        .slice(0, limit),
    eventsAfter: async (seq, limit) => after.all({ seq, limit }),
    lastSeq: async () => last.get()?.seq ?? 0,
  };
}

/** The newest event's time is the high-water mark of the domain's clock. */
export function highWaterMark(db: Db): () => number {
  const newest = db.select({ at: events.at }).from(events).orderBy(desc(events.seq)).limit(1).prepare();
  return () => newest.get()?.at ?? 0;
}
