import { END_REASONS, type EndReason } from '../loans/reservation';
import { LEVELS, type Level } from '../returns/level';
import type { SumName, Tally } from './tally';

/** How long things took, in ms: half of them at most `p50`, 95 of a hundred at most `p95`. */
export interface Times {
  count: number;
  p50: number;
  p95: number;
  most: number;
}

/** The figures of a step; times in ms. */
export interface Figures {
  held: number;
  there: number;
  started: number;
  ended: Record<EndReason, number>;
  /** Of those started, those that were not served at once. */
  waited: number;
  /** Of all that started; null without any. */
  waits: Times | null;
  unserved: Record<EndReason, number>;
  lost: number;
  /** Ways back after loans; null without any. */
  returns: Times | null;
  levels: Record<Level, number>;
  failedCalls: number;
  failedCleanings: number;
  quarantined: number;
}

/** The figures of a tally. */
export function figuresOf(tally: Tally): Figures {
  const sum = (name: SumName) => tally[name] ?? 0;
  return {
    held: sum('held'),
    there: sum('there'),
    started: sum('started'),
    ended: each(END_REASONS, (reason) => sum(`ended ${reason}`)),
    waited: sum('waited'),
    waits: timesOf(tally, 'wait '),
    unserved: each(END_REASONS, (reason) => sum(`unserved ${reason}`)),
    lost: sum('lost'),
    returns: timesOf(tally, 'back '),
    levels: each(LEVELS, (level) => sum(`level ${level}`)),
    failedCalls: sum('failed call'),
    failedCleanings: sum('failed cleaning'),
    quarantined: sum('quarantined'),
  };
}

function each<K extends string>(names: readonly K[], value: (name: K) => number) {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<K, number>;
}

function timesOf(tally: Tally, prefix: 'wait ' | 'back '): Times | null {
  const found = (Object.entries(tally) as [SumName, number][])
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, count]): [ms: number, count: number] => [Number(name.slice(prefix.length)), count])
    .sort(([a], [b]) => a - b);
  const count = found.reduce((sum, [, more]) => sum + more, 0);
  if (count === 0) return null;
  const most = found.at(-1)![0];
  return { count, p50: percentile(found, count, 0.5), p95: percentile(found, count, 0.95), most };
}

/** By nearest rank: the least of the values that this share of them does not exceed. */
function percentile(sorted: [ms: number, count: number][], count: number, share: number): number {
  const rank = Math.ceil(count * share);
  let before = 0;
  for (const [ms, more] of sorted) {
    before += more;
    if (before >= rank) return ms;
  }
  return sorted.at(-1)![0];
}
