import { and, asc, desc, eq, getTableColumns, gt, isNull } from 'drizzle-orm';
import type { DataVersion } from '../../../sqlite/data-version';
import { READ_PLANS } from '../../plans';
import type { Reads } from '../../reads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import type { Run } from '../queries/types';
import { reader } from '../rows';
import { breakers, eventAuthors, events, operations } from '../schema';

type WorkReads = Pick<
  Reads,
  'failingPools' | 'attemptUnderWay' | 'nextDue' | 'eventsAfter' | 'eventNamesAfter' | 'lastSeq'
>;

/** Look-ups of due work and of events. */
export function workReads(db: Db, run: Run): WorkReads {
  const broken = reader(db.select().from(breakers).orderBy(asc(breakers.poolId)));
  const attempt = reader(
    db
      .select({ attempt: operations.attempt })
      .from(operations)
      .where(and(eq(operations.id, given('id')), isNull(operations.finishedAt))),
  );
  const { rare: _, authorId, ...ofEvents } = getTableColumns(events);
  const { kind, actorId, name, token, address } = eventAuthors;
  const author = { actorKind: kind, actorId, actorName: name, actorToken: token, address };
  const after = reader(
    db
      .select({ ...ofEvents, ...author })
      .from(events)
      .leftJoin(eventAuthors, eq(eventAuthors.id, authorId))
      .where(gt(events.seq, given('seq')))
      .orderBy(asc(events.seq))
      .limit(upTo('limit')),
  );
  const namesAfter = reader(
    db
      .select({ seq: events.seq, type: events.type, reservationId: events.reservationId })
      .from(events)
      .where(gt(events.seq, given('seq')))
      .orderBy(asc(events.seq))
      .limit(upTo('limit')),
  );
  const last = reader(
    db.select({ seq: events.seq }).from(events).orderBy(desc(events.seq)).limit(upTo(1)),
  );
  return {
    failingPools: async () => broken.all(),
    attemptUnderWay: async (id) => attempt.get({ id })?.attempt ?? null,
    nextDue: async (kinds) => run(READ_PLANS.nextDue(kinds)),
    eventsAfter: async (seq, limit) => after.all({ seq, limit }),
    eventNamesAfter: async (seq, limit) => namesAfter.all({ seq, limit }),
    lastSeq: async () => last.get()?.seq ?? 0,
  };
}

/**
 * The domain's time: never before the newest event that existed when it was read, whichever process
 * wrote that (see `DataVersion`).
 */
export interface HighWaterMark {
  /**
   * `time`, or the time of the newest event if that is later; epoch ms. If the database cannot be
   * read, the newest that is known counts: timers ask, and a failing disk must not end the process.
   */
  atLeast(time: number): number;
  /**
   * The same, read for certain, for a transaction that has just begun and whose events will bear this
   * time. Errors: those of the database.
   */
  begin(time: number): number;
}

/**
 * Looks for newer events only if another connection has committed since; this one knows its own.
 */
export function highWaterMark(db: Db, dataVersion: DataVersion): HighWaterMark {
  const newest = reader(
    db.select({ at: events.at }).from(events).orderBy(desc(events.seq)).limit(upTo(1)),
  );
  let seen: number | null = null;
  let mark = 0;
  const atLeast = (time: number) => {
    const epoch = dataVersion.epoch();
    if (epoch !== seen) {
      mark = Math.max(mark, newest.get()?.at ?? 0);
      seen = epoch;
    }
    return Math.max(mark, time);
  };
  return {
    atLeast: (time) => {
      try {
        return atLeast(time);
      } catch {
        return Math.max(mark, time);
      }
    },
    begin: (time) => (mark = atLeast(time)),
  };
}
