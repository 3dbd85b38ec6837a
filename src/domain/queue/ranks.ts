import type { QueuedRequest } from './queues';

/** The waiting time that one point of priority is worth, in ms. */
export const AGE_PER_PRIORITY = 60_000;
export const MAX_PRIORITY = 100;
export const OVERTAKE_LIMIT = 10;
/** How many heads of a queue one transaction looks at; later ones look further back. */
export const QUEUE_DEPTH = 8;
/** The same where something is held that may be lent meanwhile to requests further back. */
export const HOLE_DEPTH = 48;
const PROMOTED = 1e15;
/** Every promoted request ranks below this, and no other does. */
export const PROMOTED_BELOW = -PROMOTED / 2;

/** The rank of a new request; smaller is served first. */
export function requestRank(requestedAt: number, priority: number): number {
  return requestedAt - priority * AGE_PER_PRIORITY;
}

/** Is this the rank of a promoted request, which cannot be overtaken any more? */
export function isPromoted(rank: number): boolean {
  return rank < PROMOTED_BELOW;
}

/** The rank of a request that is promoted at `now`. */
export function promotedRank(now: number): number {
  return now - PROMOTED;
}

/** The total order over all queues: rank, then the id, which grows with time. */
export function compareRequests(a: QueuedRequest, b: QueuedRequest): number {
  return a.rank - b.rank || (a.reservationId < b.reservationId ? -1 : 1);
}

/** Was `a` requested before `b`? */
export function isOlder(a: QueuedRequest, b: QueuedRequest): boolean {
  return (
    a.requestedAt < b.requestedAt ||
    (a.requestedAt === b.requestedAt && a.reservationId < b.reservationId)
  );
}
