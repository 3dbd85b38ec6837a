import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { reader } from '../rows';
import { queueEntries, reservations } from '../schema';
import type { Answers } from './types';

type PlaceAnswers = Pick<Answers, 'queueAfter' | 'namedAfter' | 'parkedAfter'>;

/** Places in the queues, in the order of an index each. */
export function placeAnswers(db: Db): PlaceAnswers {
  return {
    queueAfter: lazily(() => placesInQueue(db)),
    namedAfter: lazily(() => placesByName(db)),
    parkedAfter: lazily(() => parkedOnes(db)),
  };
}

const isMissing = sql`${queueEntries.missing} > 0`;
/** Word for word as in the partial indexes. */
const isServed = sql`${queueEntries.parked} = 0`;
const isParked = sql`${queueEntries.parked} = 1`;

/** The wait ends at the deadline, whether or not a job has acted on it. */
export const isPatient = sql`not exists (select 1 from ${reservations}
  where ${reservations.id} = ${queueEntries.reservationId}
  and ${reservations.deadlineAt} <= ${given('now')})`;

function placesInQueue(db: Db): Answers['queueAfter'] {
  const { rank, reservationId, classId, resourceId } = queueEntries;
  const select = reader(
    db
      .select({ rank, reservationId })
      .from(queueEntries)
      .where(
        and(
          eq(classId, given('classId')),
          and(isMissing, isNull(resourceId), isServed),
          sql`(${rank}, ${reservationId}) > (${given('rank')}, ${given('id')})`,
          isPatient,
        ),
      )
      // Each once, in the order of the index, so that nothing is sorted.
      .groupBy(rank, reservationId)
      .orderBy(asc(rank), asc(reservationId))
      .limit(upTo('limit')),
  );
  return ({ classId: ofClass, after, limit, now }) =>
    select.all({ classId: ofClass, rank: after.rank, id: after.reservationId, limit, now });
}

function placesByName(db: Db): Answers['namedAfter'] {
  const { rank, reservationId, resourceId } = queueEntries;
  const select = reader(
    db
      .select({ resourceId: sql<string>`${resourceId}`, rank, reservationId })
      .from(queueEntries)
      .where(
        and(
          and(isMissing, isServed),
          gt(resourceId, ''),
          sql`(${resourceId}, ${rank}, ${reservationId})
            > (${given('resourceId')}, ${given('rank')}, ${given('id')})`,
        ),
      )
      .orderBy(asc(resourceId), asc(rank), asc(reservationId))
      .limit(upTo('limit')),
  );
  return ({ after: { resourceId: named, rank: from, reservationId: id }, limit }) =>
    select.all({ resourceId: named, rank: from, id, limit });
}

function parkedOnes(db: Db): Answers['parkedAfter'] {
  const select = reader(
    db
      .selectDistinct({ id: queueEntries.reservationId })
      .from(queueEntries)
      .where(and(isParked, gt(queueEntries.reservationId, given('after'))))
      .orderBy(asc(queueEntries.reservationId))
      .limit(upTo('limit')),
  );
  return ({ after, limit }) => select.all({ after, limit }).map(({ id }) => id);
}
