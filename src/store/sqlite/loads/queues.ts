import { and, asc, eq, gt, isNull, ne, or, sql } from 'drizzle-orm';
import type { QueueSnapshot } from '../../../domain/granting';
import { joined } from '../../../domain/lists';
import type { Reservation } from '../../../domain/reservation';
import {
  LINE_DEPTH,
  OVERTAKE_LIMIT,
  PROMOTED_BELOW,
  type Candidate,
  type Elders,
  type Waiter,
  type WaitingItem,
} from '../../../domain/scheduling';
import { upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { reservations, resources, waits } from '../schema';
import type { PoolCache } from './pool-cache';

export interface QueueAsk {
  lineIds: number[];
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
  const waiting = waiterLoader(db);
  const available = availableLoader(db);
  const setAside = reader(
    db
      .select(candidateColumns)
      .from(resources)
      .where(eq(resources.setAsideFor, sql.placeholder('reservationId'))),
  );
  return ({ lineIds, need, candidates = [], advancing = [], except }, now) => {
    const loaded = new Map<string, Waiter>();
    const found: Record<string, Reservation> = {};
    const load = (reservationId: string): Waiter => {
      const known = loaded.get(reservationId);
      if (known) return known;
      const { waiter, reservation } = waiting.load(reservationId);
      loaded.set(reservationId, waiter);
      found[reservationId] = reservation;
      return waiter;
    };
    const heads = new Set<Waiter>();
    const horizons: Record<number, Waiter> = {};
    for (const lineId of lineIds) {
      const { ids, more } = waiting.front(lineId, now, except);
      const first = ids.map(load);
      first.forEach((waiter) => heads.add(waiter));
      if (more && first.length > 0) horizons[lineId] = first.at(-1)!;
    }
    for (const resourceId of candidates)
      waiting
        .naming(resourceId, now, except)
        .map(load)
        .forEach((waiter) => heads.add(waiter));
    const waiters = [...heads];
    const depth = Math.min(LINE_DEPTH, 2 * (need + candidates.length)) + 1;
    const elders = eldersOf(
      [...lineIds, ...advancing, ...joined(waiters, linesOf)],
      depth,
      (lineId) => {
        const { ids, more } = waiting.eldest(lineId, depth, now, except);
        return { waiters: ids.map(load), more };
      },
    );
    const free = need > 0 ? joined(lineIds, (lineId) => available(lineId, need, now)) : [];
    const kept = joined(waiters, ({ reservationId }) => setAside.all({ reservationId }));
    const poolIds = new Set([...free, ...kept].map(({ poolId }) => poolId));
    return {
      queues: { waiters, available: free, setAside: kept, elders, horizons },
      reservations: found,
      pools: Object.fromEntries([...poolIds].map((id) => [id, pools.byId(id)!.pool])),
    };
  };
}

/**
 * The elders of these lines, and of the lines in which these get ahead if they are promoted, and so
 * on.
 */
function eldersOf(
  lineIds: number[],
  depth: number,
  load: (lineId: number) => Elders,
): Record<number, Elders> {
  const elders: Record<number, Elders> = {};
  const left = [...lineIds];
  for (let lineId = left.pop(); lineId !== undefined; lineId = left.pop()) {
    if (elders[lineId]) continue;
    const found = load(lineId);
    elders[lineId] = found;
    left.push(
      ...found.waiters
        .filter(({ overtaken }) => overtaken + depth >= OVERTAKE_LIMIT)
        .flatMap(linesOf),
    );
  }
  return elders;
}

function linesOf({ items }: Waiter): number[] {
  return joined(items, ({ lines }) => lines);
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

/**
 * The predicate of *available* in SQL, word for word that of the partial index, so that the index
 * is used.
 */
export const isAvailableSql = sql`${resources.status} = 'available' and ${resources.adminState} = 'in_service' and ${resources.setAsideFor} is null`;

/** Not promoted; word for word as in the partial index of the longest waiting. */
const isOrdinarySql = sql.raw(`"waits"."rank" >= ${PROMOTED_BELOW}`);

function availableLoader(db: Db): (lineId: number, limit: number, now: number) => Candidate[] {
  const unexpired = or(
    isNull(resources.expiresAt),
    gt(resources.expiresAt, sql.placeholder('now')),
  );
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
  const missing = sql`${waits.missing} > 0`;
  const inLine = eq(waits.lineId, sql.placeholder('lineId'));
  const id = { reservationId: waits.reservationId };
  // Who has given up waits no longer, whether or not a job has run.
  const patient = sql`not exists (select 1 from ${reservations} where ${reservations.id} = ${waits.reservationId} and ${reservations.deadlineAt} <= ${sql.placeholder('now')})`;
  // In SQL, not afterwards: who has several items in a line has several rows there.
  const another = ne(waits.reservationId, sql.placeholder('except'));
  const front = reader(
    db
      .select(id)
      .from(waits)
      .where(and(inLine, missing, isNull(waits.resourceId), another, patient))
      .orderBy(waits.rank, waits.reservationId)
      .limit(upTo(sql.placeholder('limit'))),
  );
  const eldest = reader(
    db
      .select(id)
      .from(waits)
      .where(and(inLine, missing, isOrdinarySql, another, patient))
      .orderBy(waits.requestedAt, waits.reservationId)
      .limit(upTo(sql.placeholder('limit'))),
  );
  const naming = reader(
    db
      .select(id)
      .from(waits)
      .where(and(eq(waits.resourceId, sql.placeholder('resourceId')), missing, another, patient))
      .orderBy(waits.rank)
      .limit(upTo(2)),
  );
  const rows = reader(
    db
      .select()
      .from(waits)
      .where(eq(waits.reservationId, sql.placeholder('reservationId')))
      .orderBy(waits.item, waits.lineId),
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
    front: (lineId: number, now: number, except = '') =>
      first(front.all({ lineId, now, except, limit: LINE_DEPTH + 1 }), LINE_DEPTH),
    eldest: (lineId: number, most: number, now: number, except = '') =>
      first(eldest.all({ lineId, now, except, limit: most + 1 }), most),
    naming: (resourceId: string, now: number, except = '') =>
      distinct(naming.all({ resourceId, now, except })),
    load: (reservationId: string): { waiter: Waiter; reservation: Reservation } => {
      const found = reservation.get({ reservationId })!;
      return { waiter: waiterOf(rows.all({ reservationId }), found), reservation: found };
    },
  };
}

function waiterOf(
  rows: (typeof waits.$inferSelect)[],
  { id, overtaken, requestedAt }: Reservation,
): Waiter {
  const items: WaitingItem[] = [];
  for (const { item, lineId, resourceId, missing } of rows) {
    const entry = (items[item] ??= { lines: [], resourceId, missing });
    entry.lines.push(lineId);
  }
  return { reservationId: id, rank: rows[0]!.rank, requestedAt, overtaken, items };
}
