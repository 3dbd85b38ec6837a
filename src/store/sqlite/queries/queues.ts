import { and, asc, eq, isNull, ne, sql } from 'drizzle-orm';
import { PROMOTED_BELOW } from '../../../domain/queue/ranks';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { reader } from '../rows';
import { queueEntries, queueLengths, reservations, resources, userCounts } from '../schema';
import type { EntriesOf } from '../../../domain/query';
import type { Answers } from './types';
import { candidateColumns, isAvailableSql, isUnexpired } from './available';
import { absentAnswers } from './absent';
import { isPatient, placeAnswers } from './places';
import { entryPositions } from './positions';

type QueueAnswers = Pick<
  Answers,
  | 'queueHeads'
  | 'longestWaiting'
  | 'queueForResource'
  | 'queueAfter'
  | 'namedAfter'
  | 'parkedAfter'
  | 'entryPositions'
  | 'queued'
  | 'available'
  | 'lendable'
  | 'returning'
  | 'lentOpenly'
  | 'heldIn'
  | 'backFromMaintenance'
  | 'availableById'
  | 'heldFor'
  | 'userCounts'
  | 'queueLengths'
>;

/** Queued requests, and the resources that could serve them. */
export function queueAnswers(db: Db): QueueAnswers {
  return {
    queueHeads: lazily(() => entriesByClass(db, 'heads')),
    longestWaiting: lazily(() => entriesByClass(db, 'longestWaiting')),
    queueForResource: lazily(() => entriesByResource(db)),
    ...placeAnswers(db),
    entryPositions: lazily(() => entryPositions(db)),
    queued: lazily(() => queuedReservations(db)),
    available: lazily(() => availableInClass(db)),
    ...absentAnswers(db),
    availableById: lazily(() => availableOnes(db)),
    heldFor: lazily(() => heldForReservation(db)),
    userCounts: lazily(() => countsOfUser(db)),
    queueLengths: lazily(() => lengthsOfQueues(db)),
  };
}

const isMissing = sql`${queueEntries.missing} > 0`;

/** Word for word as in the partial index of the heads. */
const isServed = sql`${queueEntries.parked} = 0`;

/** Not promoted; word for word as in the partial index of the longest waiting. */
const isOrdinarySql = sql.raw(`"queue_entries"."rank" >= ${PROMOTED_BELOW}`);

/**
 * Done in SQL, not afterwards, because a reservation with several items has several rows in a
 * queue.
 */
const isAnother = ne(queueEntries.reservationId, given('except'));

/** Excludes nobody, because no id is empty. */
const NOBODY = '';

const idsOf = (rows: { reservationId: string }[]) => rows.map(({ reservationId }) => reservationId);

function entriesByClass(
  db: Db,
  which: 'heads' | 'longestWaiting',
): (query: EntriesOf) => string[][] {
  const [condition, order] =
    which === 'heads'
      ? [and(isNull(queueEntries.resourceId), isServed), queueEntries.rank]
      : [isOrdinarySql, queueEntries.requestedAt];
  const inClass = eq(queueEntries.classId, given('classId'));
  const select = reader(
    db
      .select({ reservationId: queueEntries.reservationId })
      .from(queueEntries)
      .where(and(inClass, isMissing, condition, isAnother, isPatient))
      // Each once, in the order of the index, so that nothing is sorted.
      .groupBy(order, queueEntries.reservationId)
      .orderBy(order, queueEntries.reservationId)
      .limit(upTo('limit')),
  );
  return ({ classIds, now, except, limit }) =>
    classIds.map((classId) => idsOf(select.all({ classId, now, except: except ?? NOBODY, limit })));
}

function entriesByResource(db: Db): Answers['queueForResource'] {
  const ofResource = eq(queueEntries.resourceId, given('resourceId'));
  const select = reader(
    db
      .select({ reservationId: queueEntries.reservationId })
      .from(queueEntries)
      .where(and(ofResource, isMissing, isServed, isAnother, isPatient))
      .orderBy(queueEntries.rank)
      .limit(upTo('limit')),
  );
  return ({ resourceIds, now, except, limit }) =>
    resourceIds.map((resourceId) =>
      idsOf(select.all({ resourceId, now, except: except ?? NOBODY, limit })),
    );
}

function queuedReservations(db: Db): Answers['queued'] {
  const rows = reader(
    db
      .select()
      .from(queueEntries)
      .where(eq(queueEntries.reservationId, given('id')))
      .orderBy(queueEntries.item, queueEntries.classId),
  );
  const one = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, given('id'))),
  );
  return ({ ids }) =>
    ids.map((id) => ({ reservation: one.get({ id })!, entries: rows.all({ id }) }));
}

function availableInClass(db: Db): Answers['available'] {
  const select = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(and(eq(resources.classId, given('classId')), isAvailableSql, isUnexpired))
      .orderBy(asc(resources.rank))
      .limit(upTo('limit')),
  );
  return ({ classIds, limit, now }) =>
    classIds.length === 1
      ? select.all({ classId: classIds[0], limit, now })
      : classIds.flatMap((classId) => select.all({ classId, limit, now }));
}

function availableOnes(db: Db): Answers['availableById'] {
  const select = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(and(eq(resources.id, given('id')), isAvailableSql, isUnexpired)),
  );
  return ({ ids, now }) => ids.flatMap((id) => select.all({ id, now }));
}

function heldForReservation(db: Db): Answers['heldFor'] {
  const select = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(eq(resources.heldFor, given('id'))),
  );
  return ({ reservationIds }) => reservationIds.flatMap((id) => select.all({ id }));
}

function countsOfUser(db: Db): Answers['userCounts'] {
  const select = reader(
    db
      .select({
        status: userCounts.status,
        count: userCounts.count,
        resources: userCounts.resources,
      })
      .from(userCounts)
      .where(eq(userCounts.userId, given('userId'))),
  );
  return ({ userId }) => select.all({ userId });
}

function lengthsOfQueues(db: Db): Answers['queueLengths'] {
  const select = reader(
    db
      .select({ count: queueLengths.count })
      .from(queueLengths)
      .where(eq(queueLengths.classId, given('classId'))),
  );
  return ({ classIds }) => classIds.map((classId) => select.get({ classId })?.count ?? 0);
}
