import type { Reservation } from '../loans/reservation';
import { ask, type Loading, type QueuedReservation } from '../query';
import type { LongestWaiting, QueuedItem, QueuedRequest } from './queues';
import { OVERTAKE_LIMIT } from './ranks';

/** How much of each queue to load, at this time; `except`: a reservation to leave out. */
export interface Span {
  limit: number;
  now: number;
  except: string | null;
}

/** The requests loaded so far, by reservation. */
export class Requests {
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

/** The first of each queue, and the last one loaded of those that are longer. */
export function* loadHeads(
  classIds: number[],
  span: Span,
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

/**
 * The longest waiting requests of these queues, then of the queues in which those would get ahead
 * if they were promoted, and so on.
 */
export function* loadLongestWaiting(
  classIds: number[],
  span: Span,
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

/** The classes in whose queues a request stands, by id; once for each item. */
export function classesOf({ items }: QueuedRequest): number[] {
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
