import type { CleaningPolicy } from '../pools/pool';

/**
 * The pause before the next attempt after `failures` consecutive failures, in ms: it doubles each
 * time, and `jitter` in [0, 1) varies it by ±20 %.
 */
export function backoff(policy: CleaningPolicy, failures: number, jitter: number): number {
  const pause = Math.min(policy.backoff * 2 ** Math.max(0, failures - 1), policy.backoffMaximum);
  return Math.round(pause * (0.8 + 0.4 * jitter));
}
