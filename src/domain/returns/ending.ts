import type { Change } from '../change';
import { firstStep } from '../lifecycle/operation-steps';
import type { DecisionContext } from '../context';
import type { Draft } from '../lifecycle/draft';
import type { Resource } from '../lifecycle/resource';
import type { Pool } from '../pools/pool';
import { lastingOf } from './joining';
import { recordOf, shortfall, type ReturnRecord } from './record';
import { wayBackFrom } from './way-back';

/** Ends the way back of a resource that is gone. */
export function noteRemoval(draft: Draft, pool: Pool, context: DecisionContext): void {
  const record = recordOf(draft.resource, pool, 'removed', context);
  if (!record) return;
  draft.set({ wayBack: null });
  draft.include(keep(record));
}

/**
 * Ends the way back of a resource that has taken every step; false if less was shown than its pool
 * asks for. It is quarantined then, and begins its way back anew after the pool's pause.
 */
export function noteReturn(draft: Draft, pool: Pool, context: DecisionContext): boolean {
  const record = recordOf(draft.resource, pool, 'ready', context);
  if (!record) return true;
  draft.include(keep(record));
  if (record.outcome === 'returned') return true;
  draft.set(againAfter(record, draft.resource, pool, context));
  draft.move('quarantine', shortfall(record));
  return false;
}

/** The fields of a resource whose return has shown too little: it goes the whole way once more. */
export function againAfter(
  record: ReturnRecord,
  { failures }: Resource,
  pool: Pool,
  { now }: DecisionContext,
): Partial<Resource> {
  const { cause, since, reservationId, shown } = record;
  return {
    wayBack: { ...wayBackFrom(cause, since, reservationId), shown: lastingOf(shown) },
    failures: failures + 1,
    reason: shortfall(record),
    // A pool that was changed meanwhile may have no step left: its resource is looked at again.
    nextOperation: firstStep(pool) ?? 'verify',
    dueAt: now + pool.policy.cleaning.quarantineRetry,
    changedAt: now,
  };
}

/** The changes that keep a record, and tell if less was shown than its pool asks for. */
export function keep(record: ReturnRecord): Change[] {
  const { outcome, level, needed, poolId, resourceId, reservationId } = record;
  if (outcome !== 'refused') return [{ do: 'addReturn', record }];
  const places = { poolId, resourceId, reservationId };
  return [
    { do: 'addReturn', record },
    {
      do: 'append',
      event: { type: 'resource.return_refused', ...places, data: { level, needed } },
    },
  ];
}
