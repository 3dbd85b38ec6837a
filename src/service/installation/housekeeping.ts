import { IDEMPOTENCY_KEPT_FOR } from '../../domain/idempotency';
import { cutoffsAt, type KeptFor } from '../../domain/retention';
import type { Engine } from '../engine';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type { KeptFor };

/** The defaults. */
export const RETENTION: KeptFor = {
  events: 30 * DAY,
  reservations: 90 * DAY,
  idempotency: IDEMPOTENCY_KEPT_FOR,
  operations: 7 * DAY,
};

const BATCH = 500;

/** Longest pause between two rounds of forgetting, in ms. */
const LONGEST_PAUSE = 10 * 60_000;

/**
 * How often to look for what is past its time, in ms: what is kept briefly outstays its time by a
 * tenth of it.
 */
export function pruneEvery(keptFor: KeptFor = RETENTION): number {
  return Math.min(LONGEST_PAUSE, Math.min(...Object.values(keptFor)) / 10);
}

/** Forgets what is past its time, in short transactions; gives how many rows went. */
export async function prune(engine: Engine, keptFor: KeptFor = RETENTION): Promise<number> {
  const before = cutoffsAt(engine.store.now(), keptFor);
  for (let total = 0; ;) {
    const gone = await engine.store.prune(before, BATCH);
    total += gone;
    if (gone === 0) return total;
  }
}
