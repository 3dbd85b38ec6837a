import type { EndReason } from '../loans/reservation';
import type { Level } from '../returns/level';
import { LENGTH, partsOf, startOf, STEP_KEPT_FOR, STEPS, type Step } from './steps';

/**
 * A sum by its name. `held`, `there`: resources that were lent, or were there, in ms. `wait`, `back`:
 * how many waits, or ways back after a loan, took so many ms.
 */
export type SumName =
  | 'held'
  | 'there'
  | 'started'
  | 'waited'
  | `wait ${number}`
  | `ended ${EndReason}`
  | `unserved ${EndReason}`
  | 'lost'
  | `back ${number}`
  | `level ${Level}`
  | 'failed call'
  | 'failed cleaning'
  | 'quarantined';

/** Named sums of one step; those that are 0 are absent. Two tallies are merged by adding them up. */
export type Tally = Partial<Record<SumName, number>>;

/** Stands for all pools together, in place of the id of a pool. */
export const ALL_POOLS = '';

/** Names a tally: of a pool, in the step that begins at `at` (epoch ms). */
export interface TallyKey {
  poolId: string;
  step: Step;
  at: number;
}

/** A tally with its key. */
export interface StoredTally extends TallyKey {
  tally: Tally;
}

/** Adds one tally to another, which it changes. */
export function addTo(sum: Tally, more: Tally): void {
  for (const [name, value] of Object.entries(more) as [SumName, number][])
    sum[name] = (sum[name] ?? 0) + value;
}

/**
 * Times are counted to three digits, so that a tally has a bounded number of sums: 83_456 ms is
 * 83_500.
 */
export function rounded(ms: number): number {
  return Number(Math.max(0, ms).toPrecision(3));
}

/** Tallies in the making, of every pool and of all together, by the hour and by the day. */
export class Tallies {
  private readonly made = new Map<string, StoredTally>();

  /** Steps that are no longer kept at `now` (epoch ms) are left out. */
  constructor(private readonly now: number) {}

  /** Adds `value` where `at` lies (epoch ms), to each of these pools once, and to all together. */
  add(poolIds: Iterable<string>, at: number, name: SumName, value = 1): void {
    for (const step of STEPS) this.addIn(step, poolIds, startOf(step, at), name, value);
  }

  /** Adds a stretch of time, epoch ms, to every step that it touches. */
  addStretch(poolId: string, from: number, to: number, name: SumName): void {
    for (const step of STEPS)
      for (const { at, ms } of partsOf(step, Math.max(from, this.oldest(step)), to))
        this.addIn(step, [poolId], at, name, ms);
  }

  all(): StoredTally[] {
    return [...this.made.values()];
  }

  private addIn(
    step: Step,
    poolIds: Iterable<string>,
    at: number,
    name: SumName,
    value: number,
  ): void {
    if (at < this.oldest(step)) return;
    for (const poolId of new Set([...poolIds, ALL_POOLS])) {
      const key = keyOf({ poolId, step, at });
      const found = this.made.get(key) ?? { poolId, step, at, tally: {} };
      this.made.set(key, found);
      addTo(found.tally, { [name]: value });
    }
  }

  private oldest(step: Step): number {
    return startOf(step, this.now - STEP_KEPT_FOR[step]) + LENGTH[step];
  }
}

/** The key as a text. */
export function keyOf({ poolId, step, at }: TallyKey): string {
  return `${poolId} ${step} ${at}`;
}
