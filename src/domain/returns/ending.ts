import type { Change } from '../change';
import { firstStep } from '../lifecycle/operation-steps';
import type { DecisionContext } from '../context';
import type { Draft } from '../lifecycle/draft';
import type { Pool } from '../pools/pool';
import { recordOf, shortfall, type ReturnRecord } from './record';
import { wayBackFrom } from './way-back';

/** Ends the way back of a resource that is gone. */
export function noteRemoval(draft: Draft, pool: Pool, context: DecisionContext): void {
  const record = recordOf(draft.resource, pool, 'removed', context);
  if (!record) return;
  draft.set({ wayBack: null });
  draft.include([keep(record)]);
}

/**
 * Ends the way back of a resource that has taken every step; false if less was shown than its pool
 * asks for. It is quarantined then, and begins its way back anew after the pool's pause.
 */
export function noteReturn(draft: Draft, pool: Pool, context: DecisionContext): boolean {
  const record = recordOf(draft.resource, pool, 'ready', context);
  if (!record) return true;
  draft.include([keep(record)]);
  if (record.outcome === 'returned') return true;
  const reason = shortfall(record);
  const { now } = context;
  draft.move('quarantine', reason);
  draft.set({
    wayBack: wayBackFrom(record.cause, record.since, record.reservationId),
    failures: draft.resource.failures + 1,
    reason,
    nextOperation: firstStep(pool),
    dueAt: now + pool.policy.cleaning.quarantineRetry,
    changedAt: now,
  });
  return false;
}

/** The change that keeps a record. */
export function keep(record: ReturnRecord): Change {
  return { do: 'addReturn', record };
}
