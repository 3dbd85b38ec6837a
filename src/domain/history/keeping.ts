import type { Change, Decision } from '../change';
import { ask, type Loading } from '../query';
import { COUNTED, loadTail, type Tail } from './tail';
import { addTo, type Tally } from './tally';

/** The tail of the history, and beside each of its tallies what is stored of the same step. */
export interface HistorySnapshot extends Tail {
  stored: (Tally | null)[];
}

/** Loads at most `limit` rows of each kind that are not counted yet. */
export function* loadHistoryTail(
  { limit }: { limit: number },
  now: number,
): Loading<HistorySnapshot> {
  const tail = yield* loadTail(limit, now);
  const keys = tail.tallies.map(({ poolId, step, at }) => ({ poolId, step, at }));
  return { ...tail, stored: yield* ask({ ask: 'tallies', keys }) };
}

/** Adds the tail to what is stored. Its value: is there more to count? */
export function keepHistory(snapshot: HistorySnapshot): Decision<boolean> {
  const { tallies, stored, counted, isEmpty, isWhole } = snapshot;
  if (isEmpty) return { changes: [], value: false };
  const changes = tallies.map(({ tally, ...key }, index): Change => {
    const sum = { ...stored[index] };
    addTo(sum, tally);
    return { do: 'putTally', stored: { ...key, tally: sum } };
  });
  const done: Change = { do: 'setMetadata', name: COUNTED, value: JSON.stringify(counted) };
  return { changes: [...changes, done], value: !isWhole };
}
