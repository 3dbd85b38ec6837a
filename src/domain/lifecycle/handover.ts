import type { DecisionContext } from '../context';
import type { Draft } from './draft';
import { serveWith, type QueueSnapshot } from '../loans/granting';
import type { Pool } from '../pools/pool';
import { noteReturn } from '../returns/ending';
import { isIdle, type Resource } from './resource';
import { candidateOf, idleWork, readyFields } from './steps';

/**
 * The last step of the way back from a loan: makes a resource available, and lends it to the first
 * in its queue in the same transaction. If its cooldown has not passed, it rests first. `room`: how
 * many more the pool may lend or offer, null for any number; where there is none, it is kept back.
 */
export function makeReadyAndServe(
  draft: Draft,
  pool: Pool,
  { room, ...snapshot }: QueueSnapshot & { room: number | null },
  context: DecisionContext,
): void {
  const { now } = context;
  if (isIdle(draft.resource)) return stayAvailable(draft, pool, now);
  const restsUntil = (draft.resource.cleanedAt ?? 0) + pool.policy.cleaning.cooldown;
  if (restsUntil > now) {
    draft.move('mark_dirty');
    return draft.set({ nextOperation: 'verify', dueAt: restsUntil });
  }
  if (!noteReturn(draft, pool, context)) return;
  const fields = readyFields(draft.resource, pool, context);
  if (room !== null && room <= 0) return keepBack(draft, fields, now);
  draft.move('ready');
  draft.set(fields);
  const candidate = candidateOf(draft.resource, now);
  if (!candidate) return;
  draft.include(serveWith(snapshot, [candidate], now));
}

/** As ready as an available one; spares become available in the order in which they became spare. */
function keepBack(draft: Draft, ready: Partial<Resource>, now: number): void {
  draft.move('keep_back');
  draft.set({ ...ready, status: draft.resource.status, rank: now });
}

/** An idle resource was verified: it keeps its place, and its next maintenance is planned. */
function stayAvailable(draft: Draft, pool: Pool, now: number): void {
  draft.set({ failures: 0, reason: null });
  draft.set(idleWork(draft.resource, pool, now));
}
