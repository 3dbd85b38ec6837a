import type { DecisionContext } from '../context';
import type { Draft } from './draft';
import { serveWith, type QueueSnapshot } from '../loans/granting';
import type { Pool } from '../pools/pool';
import { candidateOf, idleWork, readyFields } from './steps';

/**
 * The last step of the way back from a loan: makes a resource available, and lends it to the first
 * in its queue in the same transaction. If its cooldown has not passed, it rests first.
 */
export function makeReadyAndServe(
  draft: Draft,
  pool: Pool,
  snapshot: QueueSnapshot,
  context: DecisionContext,
): void {
  const { now } = context;
  if (draft.resource.status === 'available') return stayAvailable(draft, pool, now);
  const restsUntil = (draft.resource.cleanedAt ?? 0) + pool.policy.cleaning.cooldown;
  if (restsUntil > now) {
    draft.move('mark_dirty');
    return draft.set({ nextOperation: 'verify', dueAt: restsUntil });
  }
  const fields = readyFields(draft.resource, pool, context);
  draft.move('ready');
  draft.set(fields);
  const candidate = candidateOf(draft.resource, now);
  if (!candidate) return;
  draft.include(serveWith(snapshot, [candidate], now));
}

/** An idle resource was verified: it keeps its place, and its next maintenance is planned. */
function stayAvailable(draft: Draft, pool: Pool, now: number): void {
  draft.set({ failures: 0, reason: null });
  draft.set(idleWork(draft.resource, pool, now));
}
