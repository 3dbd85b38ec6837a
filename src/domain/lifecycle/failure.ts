import { backoff } from './backoff';
import type { Breaker } from '../change';
import type { DecisionContext } from '../context';
import type { Draft } from './draft';
import type { Fault } from './operation-result';
import { cleaningStep } from './operation-steps';
import type { Pool } from '../pools/pool';
import { isIdle } from './resource';
import { markDirty } from './steps';

/**
 * The reason of a quarantine for a credential, from a backup or an admin, that was refused:
 * somebody must supply the right one.
 */
export const STALE_CREDENTIAL = 'stale_credential';

/**
 * A breaker's pause stops growing after this many consecutive failures: by default it is 48 s then,
 * so that a back end that has returned is in use again within a minute.
 */
const MOST_BREAKER_STEPS = 3;

/**
 * The back end is unavailable: opens the breaker of the pool. The operation waits for it, and
 * nothing is held against the resource. Calls that were under way when it opened belong to the same
 * outage: they count no further failure, and do not lengthen the pause.
 */
export function waitForBackend(
  draft: Draft,
  pool: Pool,
  breaker: Breaker | null,
  reason: string,
  context: DecisionContext,
): void {
  const opened =
    breaker && breaker.openUntil > context.now
      ? { ...breaker, reason }
      : openAgain(pool, breaker, reason, context);
  draft.include([{ do: 'setBreaker', breaker: opened }]);
  if (!breaker)
    draft.include([
      { do: 'append', event: { type: 'pool.failing', poolId: pool.id, data: { reason } } },
    ]);
  draft.setOperation({ error: reason, claimedBy: null, claimedUntil: 0 });
  draft.set({ dueAt: opened.openUntil, reason });
}

function openAgain(
  { id: poolId, policy }: Pool,
  breaker: Breaker | null,
  reason: string,
  context: DecisionContext,
): Breaker {
  const { now } = context;
  const failures = (breaker?.failures ?? 0) + 1;
  const steps = Math.min(failures, MOST_BREAKER_STEPS);
  const openUntil = now + backoff(policy.cleaning, steps, context.fraction());
  return { poolId, failures, openUntil, reason, since: breaker?.since ?? now };
}

/**
 * The resource is at fault: retries it later, from a step that makes sense. It is quarantined after
 * too many consecutive failures, or at once if an early retry is hopeless.
 */
export function setBack(
  draft: Draft,
  pool: Pool,
  { reason, hopeless = false }: Extract<Fault, { scope: 'resource' }>,
  context: DecisionContext,
): void {
  const { now } = context;
  const { status } = draft.resource;
  if (isIdle({ status })) {
    draft.finishOperation('failed', reason, now);
    return draft.include(markDirty(draft.resource, pool, reason, now));
  }
  const { cleaning } = pool.policy;
  const failures = draft.resource.failures + 1;
  const quarantine = hopeless || status === 'quarantined' || failures > cleaning.retries;
  const pause = quarantine
    ? cleaning.quarantineRetry
    : backoff(cleaning, failures, context.fraction());
  draft.set({ failures, reason, dueAt: now + pause, changedAt: now });
  if (quarantine) draft.move('quarantine', reason);
  else if (status === 'cleaning') draft.move('setback', reason);
  if (draft.operation!.kind === 'verify') cleanInstead(draft, pool, reason, now);
  else draft.setOperation({ error: reason, step: 'call', claimedBy: null, claimedUntil: 0 });
}

/** A failed verification means the cleaning was not good enough: clean again. */
function cleanInstead(draft: Draft, pool: Pool, reason: string, now: number): void {
  draft.finishOperation('failed', reason, now);
  draft.set({ nextOperation: cleaningStep(pool) });
}
