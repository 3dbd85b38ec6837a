import type { Resource } from '../lifecycle/resource';
import { turnaroundOf } from '../lifecycle/turnaround';
import type { QueueSnapshot } from '../loans/granting';
import type { Reservation } from '../loans/reservation';
import type { Pool } from '../pools/pool';
import { ask, type Answer, type Loading, type QueuedReservation } from '../query';
import { NO_OUTLOOKS } from './absent';
import { holdsSome, loadOutlooks } from './outlook-loading';
import type { Candidate, LongestWaiting, QueuedItem, QueuedRequest } from './queues';
import { HOLE_DEPTH, OVERTAKE_LIMIT, QUEUE_DEPTH } from './ranks';

/** The queues to load, for a decision that serves them. */
export interface QueueAsk {
  classIds: number[];
  /** How many available resources of each class to load. */
  need: number;
  /** Resources that may become available: requests that name them are loaded too. */
  candidates?: Resource[];
  /** Available resources that requests wait for by name: both are loaded. */
  named?: string[];
  /** Further queues in which somebody may get ahead. */
  advancing?: number[];
  /** A queued reservation to leave out: the one that is ending. */
  except?: string | null;
  /** The items of a request that is yet to be queued. */
  incoming?: QueuedItem[];
  /** Load what is held for others and may be lent meanwhile, and look further back for takers? */
  holes?: 'none' | 'ifShort' | 'all';
}

/**
 * How many requests that name one resource to load: the first gets it, and the second shows whether
 * it is alone.
 */
const NAMING_DEPTH = 2;

/** The requests loaded so far, by reservation. */
class Requests {
  private readonly byId = new Map<string, QueuedRequest>();
  readonly reservations: Record<string, Reservation> = {};

  /** All of them. */
  all(): QueuedRequest[] {
    return [...this.byId.values()];
  }

  /** The requests of these reservations, in that order, once each. */
  *load(ids: string[]): Loading<QueuedRequest[]> {
    const distinct = [...new Set(ids)];
    const unknown = distinct.filter((id) => !this.byId.has(id));
    if (unknown.length > 0) {
      for (const found of yield* ask({ ask: 'queued', ids: unknown })) {
        this.byId.set(found.reservation.id, queuedRequestOf(found));
        this.reservations[found.reservation.id] = found.reservation;
      }
    }
    return distinct.map((id) => this.byId.get(id)!);
  }
}

/**
 * Loads what `schedule` needs of these queues: twice as many requests as can be given something, and
 * never more than QUEUE_DEPTH of a queue. If more could be served, the job `reconcile` serves them.
 */
export function* loadQueues(queueAsk: QueueAsk, now: number): Loading<QueueSnapshot> {
  const { classIds, need, candidates = [], advancing = [], except = null } = queueAsk;
  const { holes = 'none', incoming = [] } = queueAsk;
  const { named = [] } = queueAsk;
  const loaded = new Requests();
  const span = { now, except };
  const available: Candidate[] =
    need > 0 && classIds.length > 0
      ? yield* ask({ ask: 'available', classIds, limit: need, now })
      : [];
  const others = named.filter((id) => available.every(({ resourceId }) => resourceId !== id));
  if (others.length > 0)
    available.push(...(yield* ask({ ask: 'availableById', ids: others, now })));
  const mayBeShort = isShort(incoming, available);
  const looksForHoles = holes === 'all' || (holes === 'ifShort' && mayBeShort);
  const lendable = looksForHoles ? yield* loadLendable(classIds, need, now) : [];
  const toGive = available.length + candidates.length;
  if (toGive + lendable.length === 0 && named.length === 0 && waitsForAny(incoming))
    return nothingToGive();
  const atMost = Math.min(QUEUE_DEPTH, 2 * Math.max(1, toGive));
  const queueDepth = lendable.length > 0 ? HOLE_DEPTH : atMost;
  const { heads, queueCutoffs } = yield* loadHeads(
    classIds,
    { limit: queueDepth, ...span },
    loaded,
  );
  const resourceIds = [...candidates.map(({ id }) => id), ...named];
  if (resourceIds.length > 0) {
    const limit = NAMING_DEPTH;
    const found = yield* ask({ ask: 'queueForResource', resourceIds, limit, ...span });
    (yield* loaded.load(found.flat())).forEach((request) => heads.add(request));
  }
  const requests = [...heads];
  const depth = Math.min(QUEUE_DEPTH, 2 * (need + candidates.length)) + 1;
  const longestWaiting = yield* loadLongestWaiting(
    [...classIds, ...advancing, ...requests.flatMap(classesOf)],
    { limit: depth, ...span },
    loaded,
  );
  const reservationIds = requests.filter(holdsSome).map(({ reservationId }) => reservationId);
  const held: Candidate[] =
    reservationIds.length > 0 ? yield* ask({ ask: 'heldFor', reservationIds }) : [];
  const mayWait = mayBeShort || requests.length > 0;
  const waiting = [...loaded.all(), ...(mayWait ? [{ items: incoming }] : [])];
  const outlooks = yield* loadOutlooks(waiting, { available, freed: candidates }, now);
  const pools = yield* loadPools([...available, ...held, ...lendable].map(({ poolId }) => poolId));
  return {
    queues: {
      requests,
      available,
      held,
      lendable: lendable.map(({ heldUntil, ...candidate }) => ({
        ...candidate,
        lendUntil: heldUntil - turnaroundOf(pools[candidate.poolId]!),
      })),
      outlooks,
      longestWaiting,
      queueCutoffs,
    },
    reservations: loaded.reservations,
    pools,
  };
}

/** What a decision sees when it can give nothing to anybody: nobody's turn comes. */
function nothingToGive(): QueueSnapshot {
  const queues = { requests: [], available: [], held: [], lendable: [], outlooks: NO_OUTLOOKS };
  return {
    queues: { ...queues, longestWaiting: {}, queueCutoffs: {} },
    reservations: {},
    pools: {},
  };
}

/** Is this a new request that names no resource, so that any other of a class will do? */
function waitsForAny(incoming: readonly QueuedItem[]): boolean {
  return incoming.length > 0 && incoming.every(({ resourceId }) => resourceId === null);
}

/**
 * May these items of one request lack something, if they have to share what is available? If not,
 * each has enough even after all others that could take from the same classes.
 */
export function isShort(items: readonly QueuedItem[], available: readonly Candidate[]): boolean {
  return items.some(({ classes, resourceId: named }) => {
    if (named !== null) return available.every(({ resourceId }) => resourceId !== named);
    const rivals = items.filter((other) => other.classes.some((id) => classes.includes(id)));
    const wanted = rivals.reduce((sum, { count }) => sum + count, 0);
    return available.filter(({ classId }) => classes.includes(classId)).length < wanted;
  });
}

/** The queues of some classes, and of those of the named resources, with all that can be lent. */
export function* loadClasses(
  { classIds, named = [], holes = false }: ClassesAsk,
  now: number,
): Loading<QueueSnapshot> {
  const ids = new Set(classIds);
  for (const idOrName of named)
    for (const { classId } of yield* ask({ ask: 'resourcesCalled', idOrName })) ids.add(classId);
  const kind = holes ? 'all' : 'none';
  return yield* loadQueues({ classIds: [...ids], need: QUEUE_DEPTH, named, holes: kind }, now);
}

interface ClassesAsk {
  classIds: number[];
  named?: string[];
  holes?: boolean;
}

function* loadLendable(
  classIds: number[],
  limit: number,
  now: number,
): Loading<Answer<'lendable'>> {
  return classIds.length > 0 ? yield* ask({ ask: 'lendable', classIds, limit, now }) : [];
}

/** The first of each queue, and the last one loaded of those that are longer. */
function* loadHeads(
  classIds: number[],
  span: { limit: number; now: number; except: string | null },
  loaded: Requests,
): Loading<{ heads: Set<QueuedRequest>; queueCutoffs: Record<number, QueuedRequest> }> {
  const heads = new Set<QueuedRequest>();
  const queueCutoffs: Record<number, QueuedRequest> = {};
  if (classIds.length === 0) return { heads, queueCutoffs };
  const depth = span.limit;
  const found = yield* ask({ ask: 'queueHeads', classIds, ...span, limit: depth + 1 });
  for (const [index, ids] of found.entries()) {
    if (ids.length === 0) continue;
    const first = yield* loaded.load(ids.slice(0, depth));
    first.forEach((request) => heads.add(request));
    // Loading one more than needed shows whether there are others.
    if (ids.length > depth) queueCutoffs[classIds[index]!] = first.at(-1)!;
  }
  return { heads, queueCutoffs };
}

/** The existing pools of these ids, by id. */
export function* loadPools(ids: string[]): Loading<Record<string, Pool>> {
  if (ids.length === 0) return {};
  const found = yield* ask({ ask: 'poolsById', ids: [...new Set(ids)] });
  return Object.fromEntries(found.map(({ pool }) => [pool.id, pool]));
}

/**
 * The longest waiting requests of these queues, then of the queues in which those would get ahead
 * if they were promoted, and so on.
 */
function* loadLongestWaiting(
  classIds: number[],
  span: { limit: number; now: number; except: string | null },
  loaded: Requests,
): Loading<Record<number, LongestWaiting>> {
  const depth = span.limit;
  const longestWaiting: Record<number, LongestWaiting> = {};
  for (let next = [...new Set(classIds)]; next.length > 0;) {
    const queries = { ask: 'longestWaiting', classIds: next, ...span, limit: depth + 1 } as const;
    const found = yield* ask(queries);
    const promotable: QueuedRequest[] = [];
    for (const [index, ids] of found.entries()) {
      const requests = ids.length > 0 ? yield* loaded.load(ids.slice(0, depth)) : [];
      longestWaiting[next[index]!] = { requests, more: ids.length > depth };
      promotable.push(...requests.filter(({ overtaken }) => overtaken + depth >= OVERTAKE_LIMIT));
    }
    const reached = new Set(promotable.flatMap(classesOf));
    next = [...reached].filter((classId) => longestWaiting[classId] === undefined);
  }
  return longestWaiting;
}

function classesOf({ items }: QueuedRequest): number[] {
  return items.flatMap(({ classes }) => classes);
}

/** A queued request as the scheduler sees it. */
export function queuedRequestOf({ reservation, entries }: QueuedReservation): QueuedRequest {
  const { id: reservationId, overtaken, requestedAt } = reservation;
  const items: QueuedItem[] = [];
  for (const { item, classId, resourceId, count, missing } of entries) {
    const entry = (items[item] ??= { classes: [], resourceId, count, missing });
    entry.classes.push(classId);
  }
  const { rank, parked } = entries[0]!;
  return {
    reservationId,
    rank,
    requestedAt,
    overtaken,
    lasts: lastsFor(reservation),
    parked,
    items,
  };
}

/** How long a loan of it takes at most, with its preparation, unless it is extended; ms. */
export function lastsFor({
  duration,
  prepare,
}: Pick<Reservation, 'duration' | 'prepare'>): number | null {
  return duration === null ? null : prepare + duration;
}
