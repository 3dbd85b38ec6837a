import { and, eq, sql } from 'drizzle-orm';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { reader } from '../rows';
import { queueEntries } from '../schema';
import type { Answers } from './types';

/** A row value bounds the walk through the index; an `or` would be evaluated for every row. */
const isBefore = sql`(${queueEntries.rank}, ${queueEntries.reservationId})
  < (${given('rank')}, ${given('id')})`;

const isMissing = sql`${queueEntries.missing} > 0`;
/** Nobody waits for a request that is parked. */
const isServed = sql`${queueEntries.parked} = 0`;

/** Counts, up to a limit, the entries before each entry of a reservation. */
export function entryPositions(db: Db): Answers['entryPositions'] {
  const rows = reader(
    db
      .select()
      .from(queueEntries)
      .where(eq(queueEntries.reservationId, given('id')))
      .orderBy(queueEntries.item),
  );
  const before = db
    .select({ one: sql`1`.as('one') })
    .from(queueEntries)
    .where(
      and(
        eq(queueEntries.classId, given('classId')),
        sql`${isMissing} and ${queueEntries.resourceId} is null and ${isServed}`,
        isBefore,
      ),
    )
    .limit(upTo('limit'))
    .as('before');
  const naming = db
    .select({ one: sql`1`.as('one') })
    .from(queueEntries)
    .where(and(eq(queueEntries.resourceId, given('resourceId')), isMissing, isServed, isBefore))
    .limit(upTo('limit'))
    .as('naming');
  const inQueue = reader(db.select({ count: sql<number>`count(*)` }).from(before));
  const forResource = reader(db.select({ count: sql<number>`count(*)` }).from(naming));
  return ({ reservationId: id, limit }) =>
    rows.all({ id }).map(({ item, classId, resourceId, rank, count, missing }) => ({
      item,
      classId,
      count,
      missing,
      aheadInQueue: inQueue.get({ classId, rank, id, limit })!.count,
      aheadForResource:
        resourceId === null ? 0 : forResource.get({ resourceId, rank, id, limit })!.count,
    }));
}
