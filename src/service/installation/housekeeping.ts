import { IDEMPOTENCY_KEPT_FOR } from '../../domain/idempotency';
import { cutoffsAt, type KeptFor } from '../../domain/retention';
import type { Engine } from '../engine';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export type { KeptFor };

/** How long records are kept unless the operator says otherwise. */
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
 * How often to look for expired records, in ms. Records that are kept briefly are forgotten at most
 * a tenth of their time late.
 */
export function pruneEvery(keptFor: KeptFor = RETENTION): number {
  return Math.min(LONGEST_PAUSE, Math.min(...Object.values(keptFor)) / 10);
}

/** Forgets expired records in short transactions; returns how many rows were deleted. */
export async function prune(engine: Engine, keptFor: KeptFor = RETENTION): Promise<number> {
  const before = cutoffsAt(engine.store.now(), keptFor);
  for (let total = 0; ;) {
    const gone = await engine.store.prune(before, BATCH);
    total += gone;
    if (gone === 0) return total;
  }
}
