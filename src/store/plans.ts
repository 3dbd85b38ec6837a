import { loadNextDue, loadWork } from '../domain/lifecycle/dispatch';
import { loadHearing } from '../domain/hearing';
import { loadHistory } from '../domain/history/history';
import { loadHistoryTail } from '../domain/history/keeping';
import { loadCredentials, loadOperation, loadResource } from '../domain/lifecycle/loading';
import { loadReservation, loadSubmission } from '../domain/loans/loading';
import { loadRefusal } from '../domain/loans/refusal';
import { loadPool, loadSizing, loadSpares } from '../domain/pools/loading';
import { loadReplanning } from '../domain/pools/replanning';
import { loadClasses } from '../domain/queue/loading';
import { loadReasons } from '../domain/queue/reasons';
import { loadReview } from '../domain/queue/review';
import { loadPoolQueue } from '../domain/queue/pool-queue';
import { loadPositions } from '../domain/queue/positions';
import type { Loading } from '../domain/query';
import type { Load, Loads } from './loads';

/** Loads that the domain composes of queries; any other is a query of its own. */
export type PlannedLoad =
  | 'submission'
  | 'reservation'
  | 'refusal'
  | 'resource'
  | 'credentials'
  | 'work'
  | 'operation'
  | 'classes'
  | 'review'
  | 'replanning'
  | 'pool'
  | 'sizing'
  | 'spares'
  | 'hearing'
  | 'historyTail';

export type PlannedSnapshot<K extends PlannedLoad> = Loads[K]['gives'];

type Plans = { [K in PlannedLoad]: (load: Load<K>, now: number) => Loading<PlannedSnapshot<K>> };

/**
 * How each load is composed: a store runs the plan and answers its queries, in the transaction of
 * the decision. The same for every store.
 */
export const LOAD_PLANS: Plans = {
  submission: loadSubmission,
  reservation: ({ id }, now) => loadReservation(id, now),
  refusal: ({ id }, now) => loadRefusal(id, now),
  resource: ({ idOrName }, now) => loadResource(idOrName, now),
  credentials: ({ idOrName }, now) => loadCredentials(idOrName, now),
  work: loadWork,
  operation: ({ id }, now) => loadOperation(id, now),
  classes: loadClasses,
  review: ({ id }, now) => loadReview(id, now),
  replanning: loadReplanning,
  pool: loadPool,
  sizing: ({ poolId }) => loadSizing(poolId),
  spares: ({ poolId }, now) => loadSpares(poolId, now),
  hearing: loadHearing,
  historyTail: loadHistoryTail,
};

/** Reads that are decided by rules of the domain. */
export const READ_PLANS = {
  nextDue: loadNextDue,
  history: loadHistory,
  queuePositions: loadPositions,
  poolQueue: loadPoolQueue,
  waitingItems: loadReasons,
};
