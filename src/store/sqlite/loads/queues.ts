import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import type { QueueSnapshot } from '../../../domain/loans/granting';
import { flatMapFast } from '../../../domain/flat-map';
import type { Reservation } from '../../../domain/loans/reservation';
import {
  QUEUE_DEPTH,
  OVERTAKE_LIMIT,
  PROMOTED_BELOW,
  type Candidate,
  type LongestWaiting,
  type QueuedRequest,
  type QueuedItem,
} from '../../../domain/queue/scheduling';
import { upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { reservations, resources, queueEntries } from '../schema';
import type { PoolCache } from './pool-cache';

export interface QueueAsk {
  classIds: number[];
  /** How many available resources of each line to load. */
  need: number;
  /** Resources that may become available: who asks for them by name is loaded too. */
  candidates?: string[];
  /** Further lines in which somebody may get ahead. */
  advancing?: number[];
  /** A waiting reservation to leave out: the one that is ending. */
  except?: string;
}

export type QueueLoader = (ask: QueueAsk, now: number) => QueueSnapshot;

/** Loads heads of lines and what could serve them, by index. */
export function queueLoader(db: Db, pools: PoolCache): QueueLoader {
  const waiting = requestLoader(db);
  const available = availableLoader(db);
  const held = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(eq(resources.heldFor, sql.placeholder('reservationId'))),
  );
  return ({ classIds, need, candidates = [], advancing = [], except }, now) => {
    const loaded = new Map<string, QueuedRequest>();
    const found: Record<string, Reservation> = {};
    const load = (reservationId: string): QueuedRequest => {
      const known = loaded.get(reservationId);
      if (known) return known;
      const { request, reservation } = waiting.load(reservationId);
      loaded.set(reservationId, request);
      found[reservationId] = reservation;
      return request;
    };
    const heads = new Set<QueuedRequest>();
    const queueCutoffs: Record<number, QueuedRequest> = {};
    for (const classId of classIds) {
      const { ids, more } = waiting.front(classId, now, except);
      const first = ids.map(load);
      first.forEach((request) => heads.add(request));
      if (more && first.length > 0) queueCutoffs[classId] = first.at(-1)!;
    }
    for (const resourceId of candidates)
      waiting
        .naming(resourceId, now, except)
        .map(load)
        .forEach((request) => heads.add(request));
    const requests = [...heads];
    const depth = Math.min(QUEUE_DEPTH, 2 * (need + candidates.length)) + 1;
    const longestWaiting = loadLongestWaiting(
      [...classIds, ...advancing, ...flatMapFast(requests, classesOf)],
      depth,
      (classId) => {
        const { ids, more } = waiting.oldest(classId, depth, now, except);
        return { requests: ids.map(load), more };
      },
    );
    const free = need > 0 ? flatMapFast(classIds, (classId) => available(classId, need, now)) : [];
    const kept = flatMapFast(requests, ({ reservationId }) => held.all({ reservationId }));
    const poolIds = new Set([...free, ...kept].map(({ poolId }) => poolId));
    return {
      queues: { requests, available: free, held: kept, longestWaiting, queueCutoffs },
      reservations: found,
      pools: Object.fromEntries([...poolIds].map((id) => [id, pools.byId(id)!.pool])),
    };
  };
}

/**
 * The elders of these lines, and of the lines in which these get ahead if they are promoted, and so
 * on.
 */
function loadLongestWaiting(
  classIds: number[],
  depth: number,
  load: (classId: number) => LongestWaiting,
): Record<number, LongestWaiting> {
  const longestWaiting: Record<number, LongestWaiting> = {};
  const left = [...classIds];
  for (let classId = left.pop(); classId !== undefined; classId = left.pop()) {
    if (longestWaiting[classId]) continue;
    const found = load(classId);
    longestWaiting[classId] = found;
    left.push(
      ...found.requests
        .filter(({ overtaken }) => overtaken + depth >= OVERTAKE_LIMIT)
        .flatMap(classesOf),
    );
  }
  return longestWaiting;
}

function classesOf({ items }: QueuedRequest): number[] {
  return flatMapFast(items, ({ classes }) => classes);
}

/** A resource as the scheduler sees it. */
export const candidateColumns = {
  resourceId: resources.id,
  classId: resources.classId,
  poolId: resources.poolId,
  generation: resources.generation,
  rank: resources.rank,
  operationId: resources.operationId,
  heldFor: resources.heldFor,
  heldItem: resources.heldItem,
};

/**
 * The predicate of *available* in SQL, word for word that of the partial index, so that the index
 * is used.
 */
export const isAvailableSql = sql`${resources.status} = 'available' and ${resources.adminState} = 'in_service' and ${resources.heldFor} is null`;

/** Not promoted; word for word as in the partial index of the longest waiting. */
const isOrdinarySql = sql.raw(`"queue_entries"."rank" >= ${PROMOTED_BELOW}`);

function availableLoader(db: Db): (classId: number, limit: number, now: number) => Candidate[] {
  const unexpired = or(
    isNull(resources.expiresAt),
    gt(resources.expiresAt, sql.placeholder('now')),
  );
  const select = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(and(eq(resources.classId, sql.placeholder('classId')), isAvailableSql, unexpired))
      .orderBy(asc(resources.rank))
      .limit(upTo(sql.placeholder('limit'))),
  );
  return (classId, limit, now) => select.all({ classId, limit, now });
}

function requestLoader(db: Db) {
  const missing = sql`${queueEntries.missing} > 0`;
  const inClass = eq(queueEntries.classId, sql.placeholder('classId'));
  const id = { reservationId: queueEntries.reservationId };
  // Who has given up waits no longer, whether or not a job has run.
  const patient = sql`not exists (select 1 from ${reservations} where ${reservations.id} = ${queueEntries.reservationId} and ${reservations.deadlineAt} <= ${sql.placeholder('now')})`;
  // In SQL, not afterwards: who has several items in a line has several rows there.
  const another = ne(queueEntries.reservationId, sql.placeholder('except'));
  const front = reader(
    db
      .select(id)
      .from(queueEntries)
      .where(and(inClass, missing, isNull(queueEntries.resourceId), another, patient))
      .orderBy(queueEntries.rank, queueEntries.reservationId)
      .limit(upTo(sql.placeholder('limit'))),
  );
  const oldest = reader(
    db
      .select(id)
      .from(queueEntries)
      .where(and(inClass, missing, isOrdinarySql, another, patient))
      .orderBy(queueEntries.requestedAt, queueEntries.reservationId)
      .limit(upTo(sql.placeholder('limit'))),
  );
  const naming = reader(
    db
      .select(id)
      .from(queueEntries)
      .where(
        and(eq(queueEntries.resourceId, sql.placeholder('resourceId')), missing, another, patient),
      )
      .orderBy(queueEntries.rank)
      .limit(upTo(2)),
  );
  const rows = reader(
    db
      .select()
      .from(queueEntries)
      .where(eq(queueEntries.reservationId, sql.placeholder('reservationId')))
      .orderBy(queueEntries.item, queueEntries.classId),
  );
  const reservation = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, sql.placeholder('reservationId'))),
  );
  const distinct = (found: { reservationId: string }[]) => [
    ...new Set(found.map(({ reservationId }) => reservationId)),
  ];
  // One row more than asked for tells whether there are more.
  const first = (found: { reservationId: string }[], most: number) => ({
    ids: distinct(found.slice(0, most)),
    more: found.length > most,
  });
  return {
    front: (classId: number, now: number, except = '') =>
      first(front.all({ classId, now, except, limit: QUEUE_DEPTH + 1 }), QUEUE_DEPTH),
    oldest: (classId: number, most: number, now: number, except = '') =>
      first(oldest.all({ classId, now, except, limit: most + 1 }), most),
    naming: (resourceId: string, now: number, except = '') =>
      distinct(naming.all({ resourceId, now, except })),
    load: (reservationId: string): { request: QueuedRequest; reservation: Reservation } => {
      const found = reservation.get({ reservationId })!;
      return { request: queuedRequestOf(rows.all({ reservationId }), found), reservation: found };
    },
  };
}

function queuedRequestOf(
  rows: (typeof queueEntries.$inferSelect)[],
  { id, overtaken, requestedAt }: Reservation,
): QueuedRequest {
  const items: QueuedItem[] = [];
  for (const { item, classId, resourceId, missing } of rows) {
    const entry = (items[item] ??= { classes: [], resourceId, missing });
    entry.classes.push(classId);
  }
  return { reservationId: id, rank: rows[0]!.rank, requestedAt, overtaken, items };
}
