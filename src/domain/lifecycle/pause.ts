import type { Draft } from './draft';
import type { Fault, Pause } from './operation-result';

/** The longest pause, in ms: a driver whose clock is wrong is asked again within it. */
export const LONGEST_PAUSE = 3_600_000;

/**
 * How long the steps of one operation may pause altogether, in ms. It is longer than any token that
 * a back end is known to issue: after it, another pause is a failure, and leads to quarantine.
 */
export const MOST_PAUSING = 4 * 86_400_000;

/**
 * Pauses the step of the operation in progress: the resource keeps its status and shows why it
 * waits. Nothing counts as a failure, and no worker holds a claim meanwhile.
 */
export function pauseUntil(
  draft: Draft,
  { until, reason, sealedMemo = draft.operation!.sealedMemo ?? undefined }: Pause,
  now: number,
): void {
  const dueAt = Math.min(Math.max(until, now), now + LONGEST_PAUSE);
  draft.setOperation({ claimedBy: null, claimedUntil: 0, sealedMemo: sealedMemo ?? null });
  draft.set({ dueAt, reason, changedAt: now });
}

/** The pause as it is, or as a failure if its operation has paused for too long. */
export function endlessPause(pause: Pause, { operation }: Draft, now: number): Fault {
  if (now - operation!.createdAt < MOST_PAUSING) return pause;
  return { scope: 'resource', reason: `No end after four days: ${pause.reason}` };
}
