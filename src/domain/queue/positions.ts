import { ask, type EntryPosition, type Loading } from '../query';

/**
 * Positions are exact up to this limit, then "more than": requests ahead are counted one by one.
 */
export const POSITION_LIMIT = 500;

/** The position of a queued item: the best among its queues. */
export interface QueuePosition {
  item: number;
  count: number;
  missing: number;
  /** Requests before it; exact up to POSITION_LIMIT. */
  ahead: number;
  classIds: number[];
}

/** The positions of a queued reservation's items; empty if it is not queued. */
export function* loadPositions(reservationId: string): Loading<QueuePosition[]> {
  const limit = POSITION_LIMIT + 1;
  return bestPositions(yield* ask({ ask: 'entryPositions', reservationId, limit }));
}

/**
 * The best position of each item, which is served in whichever queue reaches it first. Requests for
 * the same resource by name are ahead of it as well as those in the queue of its class.
 */
export function bestPositions(entries: readonly EntryPosition[]): QueuePosition[] {
  const best = new Map<number, QueuePosition>();
  for (const { item, count, missing, classId, aheadInQueue, aheadForResource } of entries) {
    const ahead = aheadInQueue + aheadForResource;
    const known = best.get(item);
    if (known) {
      known.ahead = Math.min(known.ahead, ahead);
      known.classIds.push(classId);
    } else best.set(item, { item, count, missing, ahead, classIds: [classId] });
  }
  return [...best.values()];
}
