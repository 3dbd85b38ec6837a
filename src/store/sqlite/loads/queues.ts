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
  /** Further lines of whose waiters only the longest-waiting is loaded. */
  meet?: number[];
  /** A waiting reservation to leave out: the one that is ending. */
  except?: string;
}

export type QueueLoader = (ask: QueueAsk, now: number) => QueueSnapshot;

/** Loads heads of lines and what could serve them, by index. */
export function queueLoader(db: Db, pools: PoolCache): QueueLoader {
  const waiting = waiterLoader(db);
  const available = availableLoader(db);
  const one = namedCandidate(db);
  const named = namedLoader(db);
  const setAside = reader(db.select(candidateColumns).from(resources).where(eq(resources.setAsideFor, sql.placeholder('reservationId'))));
  return ({ lineIds, need, candidates = [], meet: others = [], except }, now) => {
    const heads = new Map<string, Waiter>();
    const oldest: Record<number, Waiter> = {};
    const reservationsById: Record<string, Reservation> = {};
    const load = (reservationId: string): Waiter => {
      const known = heads.get(reservationId);
      if (known) return known;
      const { waiter, reservation } = waiting.load(reservationId);
      heads.set(reservationId, waiter);
      reservationsById[reservationId] = reservation;
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
    const found = new Map<string, Candidate>();
    const lookAt = (lineId: number, limit: number) => {
      for (const candidate of available(lineId, limit, now)) found.set(candidate.resourceId, candidate);
      for (const resourceId of named(lineId)) {
        for (const candidate of one(resourceId, now)) found.set(resourceId, candidate);
        waiting.naming(resourceId, now).filter((id) => id !== except).forEach(load);
      }
    };
    if (need > 0) lineIds.forEach((lineId) => lookAt(lineId, need));
    beside([...heads.values()], lineIds).forEach((lineId) => lookAt(lineId, LINE_DEPTH));
    const waiters = [...heads.values()];
    const free = [...found.values()];
    // A promotion here puts a request ahead in its other lines too.
    const elsewhere = new Set([...others, ...[...waiters, ...Object.values(oldest)].flatMap(({ items }) => items.flatMap(({ lines }) => lines))]);
    for (const lineId of elsewhere) if (!lineIds.includes(lineId) && !oldest[lineId]) meet(lineId);
    const kept = waiters.flatMap(({ reservationId }) => setAside.all({ reservationId }));
    const poolIds = new Set([...free, ...kept].map(({ poolId }) => poolId));
    return {
      queues: { waiters, available: free, setAside: kept, oldest },
      reservations: reservationsById,
      pools: Object.fromEntries([...poolIds].map((id) => [id, pools.byId(id)!.pool])),
    };
  };
}

/** Other lines of those who want more than one: there may be something that is of use only with what is here. */
function beside(waiters: Waiter[], lineIds: number[]): number[] {
  const large = waiters.filter(({ items }) => items.reduce((sum, { missing }) => sum + missing, 0) > 1);
  const lines = large.flatMap(({ items }) => items.filter(({ wanting }) => wanting).flatMap((item) => item.lines));
  return [...new Set(lines)].filter((line) => !lineIds.includes(line));
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

/** Available resources of a line that somebody asks for by name: before its turn a bundle does not take what it names. */
export function namedLoader(db: Db): (lineId: number) => string[] {
  const select = reader(
    db
      .selectDistinct({ resourceId: resources.id })
      .from(waits)
      .innerJoin(resources, eq(resources.id, waits.resourceId))
      .where(and(eq(waits.lineId, sql.placeholder('lineId')), sql`${waits.missing} > 0 and ${waits.resourceId} is not null`, isAvailableSql))
      .limit(upTo(LINE_DEPTH)),
  );
  return (lineId) => select.all({ lineId }).map(({ resourceId }) => resourceId);
}

/** A resource by id, if it is available. */
export function namedCandidate(db: Db): (id: string, now: number) => Candidate[] {
  const unexpired = or(isNull(resources.expiresAt), gt(resources.expiresAt, sql.placeholder('now')));
  const select = reader(db.select(candidateColumns).from(resources).where(and(eq(resources.id, sql.placeholder('id')), isAvailableSql, unexpired)));
  return (id, now) => select.all({ id, now });
}

function waiterLoader(db: Db) {
  const short = sql`${waits.wanting} = 1 and ${waits.resourceId} is null`;
  const inLine = and(eq(waits.lineId, sql.placeholder('lineId')), short);
  const id = { reservationId: waits.reservationId };
  // Who has given up waits no longer, whether or not a job has run.
  const patient = sql`not exists (select 1 from ${reservations} where ${reservations.id} = ${waits.reservationId} and ${reservations.deadlineAt} <= ${sql.placeholder('now')})`;
  const front = reader(db.select(id).from(waits).where(and(inLine, patient)).orderBy(waits.rank, waits.reservationId).limit(upTo(LINE_DEPTH)));
  const eldest = reader(db.select(id).from(waits).where(and(inLine, patient)).orderBy(waits.requestedAt, waits.reservationId).limit(upTo(2)));
  const naming = reader(db.select(id).from(waits).where(and(eq(waits.resourceId, sql.placeholder('resourceId')), sql`${waits.missing} > 0`, patient)).orderBy(waits.rank).limit(upTo(2)));
  // In the order in which the request named them.
  const rows = reader(db.select().from(waits).where(eq(waits.reservationId, sql.placeholder('reservationId'))).orderBy(waits.item, sql`rowid`));
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
  for (const { item, lineId, resourceId, missing, wanting } of rows) {
    const entry = (items[item] ??= { lines: [], resourceId, missing, wanting });
    entry.lines.push(lineId);
  }
  return { reservationId: id, rank: rows[0]!.rank, requestedAt, overtaken, items };
}
