import { matchClasses } from '../queue/matching';
import { ask, type Loading, type PoolWithClasses } from '../query';
import type { RequestItem } from '../loans/reservation';
import {
  countEnded,
  countFailure,
  countGone,
  countReturn,
  type EndedReservation,
  type PlaceInTime,
} from './counting';
import { Tallies, type StoredTally } from './tally';

/** How far the history is counted: the last row of each kind that is in the tallies. */
export interface Counted {
  ended: PlaceInTime;
  gone: PlaceInTime;
  returns: number;
  events: number;
}

/** The part that is not counted yet, as tallies, and how far it goes. */
export interface Tail {
  tallies: StoredTally[];
  counted: Counted;
  /** Does it hold any row? */
  isEmpty: boolean;
  /** False: there are more rows than were asked for. */
  isWhole: boolean;
}

/** The name of the fact that says how far history is counted. */
export const COUNTED = 'history';

const NOTHING_COUNTED: Counted = {
  ended: { at: 0, id: '' },
  gone: { at: 0, id: '' },
  returns: 0,
  events: 0,
};

/**
 * Counts what is not counted yet, at most `limit` rows of each kind. Rows of `now` itself wait,
 * because another transaction of the same time may still add some.
 */
export function* loadTail(limit: number, now: number): Loading<Tail> {
  const known = yield* ask({ ask: 'metadata', name: COUNTED });
  const from = known === null ? NOTHING_COUNTED : (JSON.parse(known) as Counted);
  const ended = yield* ask({ ask: 'endedAfter', after: from.ended, before: now, limit });
  const gone = yield* ask({ ask: 'goneAfter', after: from.gone, before: now, limit });
  const returns = yield* ask({ ask: 'returnsAfter', after: from.returns, limit });
  const failures = yield* ask({ ask: 'failuresAfter', after: from.events, limit });
  const tallies = new Tallies(now);
  const wanted = new Wanted();
  for (const each of ended) countEnded(tallies, each, yield* wanted.by(each));
  for (const each of gone) countGone(tallies, each);
  for (const each of returns) countReturn(tallies, each);
  for (const each of failures) countFailure(tallies, each);
  const [lastEnded, lastGone] = [ended.at(-1), gone.at(-1)];
  const lists = [ended, gone, returns, failures];
  return {
    tallies: tallies.all(),
    counted: {
      ended: lastEnded ? { at: lastEnded.endedAt, id: lastEnded.id } : from.ended,
      gone: lastGone ? { at: lastGone.destroyedAt, id: lastGone.id } : from.gone,
      returns: returns.at(-1)?.seq ?? from.returns,
      events: failures.at(-1)?.seq ?? from.events,
    },
    isEmpty: lists.every(({ length }) => length === 0),
    isWhole: lists.every(({ length }) => length < limit),
  };
}

/** Finds the pools that could have served requests; the pools are asked for once. */
class Wanted {
  private pools: PoolWithClasses[] | null = null;

  /** The ids of the pools; empty for a request that was served. */
  *by({ holdings, items }: EndedReservation): Loading<string[]> {
    if (holdings.length > 0) return [];
    const found: string[] = [];
    for (const item of items) found.push(...(yield* this.byItem(item)));
    return found;
  }

  private *byItem(item: RequestItem): Loading<string[]> {
    if (item.resource !== undefined) {
      const named = yield* ask({ ask: 'resourcesCalled', idOrName: item.resource });
      return named.map(({ poolId }) => poolId);
    }
    this.pools ??= yield* ask({ ask: 'pools' });
    return matchClasses(item, this.pools).map(({ poolId }) => poolId);
  }
}
