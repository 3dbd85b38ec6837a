import { isDeepStrictEqual } from 'node:util';
import type { Breaker } from '../../domain/change';
import { countedStates, type CountedState } from '../../domain/lifecycle/counted-states';
import type { Pool } from '../../domain/pools/pool';
import type { PoolState, PoolStateBounds, ResourceState } from '../../store/overview-reads';
import { countStates, type PoolCounts } from '../loans/views';

/** The most resources that are shown one by one. */
const MOST_RESOURCES = 200;

/** How much of a pool is read: one resource too many tells that it has more. */
export const BOUNDS: PoolStateBounds = { resources: MOST_RESOURCES + 1, entries: 1_000 };

/** A resource that is shown one by one. */
export interface Cell {
  id: string;
  name: string;
  type: string;
  state: CountedState;
}

/** A pool as the overview shows it; times in epoch ms. */
export interface PoolView {
  pool: Pool;
  /** The number of its newest event that is in it. */
  seq: number;
  counts: PoolCounts;
  queue: { length: number; oldest: number | null };
  failing: Breaker | null;
  /** null: there are too many. */
  cells: Cell[] | null;
}

/** Gives the view of a pool from what was read of it. */
export function viewOf(
  pool: Pool,
  state: PoolState,
  failing: Breaker | null,
  seq: number,
): PoolView {
  return {
    pool,
    seq,
    counts: countStates(state.counts),
    queue: queueOf(state),
    failing,
    cells: state.resources.length > MOST_RESOURCES ? null : state.resources.flatMap(cellOf),
  };
}

/** Does somebody see another pool in it, except for its number? */
export function differs(before: PoolView, now: PoolView): boolean {
  return !isDeepStrictEqual({ ...before, seq: 0 }, { ...now, seq: 0 });
}

/** Requests are counted one by one while there are few; else the counters of the queues tell. */
function queueOf({ queues, waiting }: PoolState): PoolView['queue'] {
  const times = waiting
    ? waiting.map(({ requestedAt }) => requestedAt)
    : queues.flatMap(({ oldest }) => oldest ?? []);
  const length = waiting
    ? new Set(waiting.map(({ reservationId }) => reservationId)).size
    : queues.reduce((sum, queue) => sum + queue.length, 0);
  return { length, oldest: times.length > 0 ? Math.min(...times) : null };
}

function cellOf({ id, name, type, ...state }: ResourceState): Cell[] {
  const [first] = countedStates(state);
  return first ? [{ id, name, type, state: first }] : [];
}
