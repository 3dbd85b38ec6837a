import type { Reservation, WaitingItem } from './api';

/** Why a request waits, as `onWaiting` is told. */
export interface Waiting {
  /** The id of the reservation. */
  id: string;
  status: 'queued' | 'preparing';
  /** Place in the queue, 1 for the next; null while access is being opened. */
  position: number | null;
  /** False: more requests are ahead of it than were counted. */
  positionIsExact: boolean;
  /**
   * When it may be served at the earliest, if nothing is extended or released before its time; null:
   * nobody knows, as while something for it is being cleaned.
   */
  estimate: Date | null;
  /** The reasons of each item that waits, as data. */
  because: WaitingItem[];
  /** The same in a sentence for people. */
  sentence: string;
}

/** Why a reservation waits; null if it does not. */
export function waitingOf(reservation: Reservation): Waiting | null {
  const { id, status, position, positionIsExact, waiting = [], waitingFor } = reservation;
  if (status !== 'queued' && status !== 'preparing') return null;
  const because = waiting.filter(({ missing }) => missing > 0);
  return {
    ...{ id, status, position, positionIsExact, because },
    estimate: estimateOf(because),
    sentence: waitingFor ?? '',
  };
}

/**
 * The item that is served last decides, each by the first thing that it can get. Where one is being
 * cleaned, only the latest time is known: the item may be served at once.
 */
function estimateOf(items: WaitingItem[]): Date | null {
  const known = items.filter(({ because }) => because.every(({ reason }) => reason !== 'cleaning'));
  const firsts = known.map(({ because }) =>
    Math.min(...because.flatMap(({ until }) => (until === undefined ? [] : [Date.parse(until)]))),
  );
  const last = Math.max(...firsts);
  return firsts.length > 0 && last < Infinity ? new Date(last) : null;
}
