import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import type { QueueSnapshot } from '../../../domain/granting';
import type { Reservation } from '../../../domain/reservation';
import type { Candidate, Waiter, WaitingItem } from '../../../domain/scheduling';
import { upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { reservations, resources, waits } from '../schema';
import type { PoolCache } from './pool-cache';

/** Heads of a line that one transaction looks at; who stands further back is served by the next. */
export const LINE_DEPTH = 8;

export interface QueueAsk {
  lineIds: number[];
  /** How many available resources of each line to load. */
  need: number;
  /** Resources that may become available: who asks for them by name is loaded too. */
  candidates?: string[];
  /** A waiting reservation to leave out: the one that is ending. */
  except?: string;
}

export type QueueLoader = (ask: QueueAsk, now: number) => QueueSnapshot;

/** Loads heads of lines and what could serve them, by index. */
export function queueLoader(db: Db, pools: PoolCache): QueueLoader {
  const waiting = waiterLoader(db);
  const available = availableLoader(db);
  const setAside = reader(db.select(candidateColumns).from(resources).where(eq(resources.setAsideFor, sql.placeholder('reservationId'))));
  return ({ lineIds, need, candidates = [], except }, now) => {
    const heads = new Map<string, Waiter>();
    const oldest: Record<number, Waiter> = {};
    const found: Record<string, Reservation> = {};
    const load = (reservationId: string): Waiter => {
      const known = heads.get(reservationId);
      if (known) return known;
      const { waiter, reservation } = waiting.load(reservationId);
      heads.set(reservationId, waiter);
      found[reservationId] = reservation;
      return waiter;
    };
    const meet = (lineId: number) => {
      const eldest = waiting.oldest(lineId, except ?? '', now);
      if (eldest) oldest[lineId] = heads.get(eldest) ?? known(oldest, eldest) ?? waiting.load(eldest).waiter;
    };
    for (const lineId of lineIds) {
      const ids = waiting.front(lineId, now).filter((id) => id !== except);
      ids.forEach(load);
      if (ids.length > 0) meet(lineId);
    }
    for (const resourceId of candidates) waiting.naming(resourceId, now).filter((id) => id !== except).forEach(load);
    const free = need > 0 ? lineIds.flatMap((lineId) => available(lineId, need, now)) : [];
    const waiters = [...heads.values()];
    // A promotion here puts a request ahead in its other lines too.
    const elsewhere = new Set([...waiters, ...Object.values(oldest)].flatMap(({ items }) => items.flatMap(({ lines }) => lines)));
    for (const lineId of elsewhere) if (!lineIds.includes(lineId) && !oldest[lineId]) meet(lineId);
    const kept = waiters.flatMap(({ reservationId }) => setAside.all({ reservationId }));
    const poolIds = new Set([...free, ...kept].map(({ poolId }) => poolId));
    return {
      queues: { waiters, available: free, setAside: kept, oldest },
      reservations: found,
      pools: Object.fromEntries([...poolIds].map((id) => [id, pools.byId(id)!.pool])),
    };
  };
}

/** One request is one waiter, though it is the oldest of several lines. */
function known(oldest: Record<number, Waiter>, reservationId: string): Waiter | undefined {
  return Object.values(oldest).find((waiter) => waiter.reservationId === reservationId);
}

/** A resource as the scheduler sees it. */
export const candidateColumns = {
  resourceId: resources.id,
  lineId: resources.lineId,
  poolId: resources.poolId,
  generation: resources.generation,
  rank: resources.rank,
  operationId: resources.operationId,
  setAsideFor: resources.setAsideFor,
  setAsideItem: resources.setAsideItem,
};

/** The predicate of *available* in SQL, word for word that of the partial index, so that the index is used. */
export const isAvailableSql = sql`${resources.status} = 'available' and ${resources.adminState} = 'in_service' and ${resources.setAsideFor} is null`;

function availableLoader(db: Db): (lineId: number, limit: number, now: number) => Candidate[] {
  const unexpired = or(isNull(resources.expiresAt), gt(resources.expiresAt, sql.placeholder('now')));
  const select = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(and(eq(resources.lineId, sql.placeholder('lineId')), isAvailableSql, unexpired))
      .orderBy(asc(resources.rank))
      .limit(upTo(sql.placeholder('limit'))),
  );
  return (lineId, limit, now) => select.all({ lineId, limit, now });
}

function waiterLoader(db: Db) {
  const short = sql`${waits.missing} > 0 and ${waits.resourceId} is null`;
  const inLine = and(eq(waits.lineId, sql.placeholder('lineId')), short);
  const id = { reservationId: waits.reservationId };
  // Who has given up waits no longer, whether or not a job has run.
  const patient = sql`not exists (select 1 from ${reservations} where ${reservations.id} = ${waits.reservationId} and ${reservations.deadlineAt} <= ${sql.placeholder('now')})`;
  const front = reader(db.select(id).from(waits).where(and(inLine, patient)).orderBy(waits.rank, waits.reservationId).limit(upTo(LINE_DEPTH)));
  const eldest = reader(db.select(id).from(waits).where(and(inLine, patient)).orderBy(waits.requestedAt, waits.reservationId).limit(upTo(2)));
  const naming = reader(db.select(id).from(waits).where(and(eq(waits.resourceId, sql.placeholder('resourceId')), sql`${waits.missing} > 0`, patient)).orderBy(waits.rank).limit(upTo(2)));
  const rows = reader(db.select().from(waits).where(eq(waits.reservationId, sql.placeholder('reservationId'))).orderBy(waits.item, waits.lineId));
  const reservation = reader(db.select().from(reservations).where(eq(reservations.id, sql.placeholder('reservationId'))));
  const ids = (found: { reservationId: string }[]) => [...new Set(found.map(({ reservationId }) => reservationId))];
  return {
    front: (lineId: number, now: number) => ids(front.all({ lineId, now })),
    oldest: (lineId: number, except: string, now: number) => ids(eldest.all({ lineId, now })).find((found) => found !== except) ?? null,
    naming: (resourceId: string, now: number) => ids(naming.all({ resourceId, now })),
    load: (reservationId: string): { waiter: Waiter; reservation: Reservation } => {
      const found = reservation.get({ reservationId })!;
      return { waiter: waiterOf(rows.all({ reservationId }), found), reservation: found };
    },
  };
}

function waiterOf(rows: (typeof waits.$inferSelect)[], { id, overtaken, requestedAt }: Reservation): Waiter {
  const items: WaitingItem[] = [];
  for (const { item, lineId, resourceId, missing } of rows) {
    const entry = (items[item] ??= { lines: [], resourceId, missing });
    entry.lines.push(lineId);
  }
  return { reservationId: id, rank: rows[0]!.rank, requestedAt, overtaken, items };
}
