import type { Breaker, Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { Draft, type LifecycleRows } from './draft';
import type { Operation, OperationKind } from './operation';
import { rowAt, type Step } from './operation-steps';
import type { Pool } from '../pools/pool';
import type { Reservation } from '../loans/reservation';
import { nextResourceStatus, type Resource } from './resource';

/** A resource whose time has come, with the operation that an earlier claim left unfinished. */
export interface DueOperation extends LifecycleRows {
  pool: Pool;
  /** For openAccess the loan to open, with its allocation; for closeAccess the one that ended. */
  reservation: Reservation | null;
}

/** A worker's copy of everything it needs to make the driver calls of one operation. */
export interface ClaimedOperation extends DueOperation {
  operation: Operation;
}

export interface WorkSnapshot {
  due: DueOperation[];
  breakers: Record<string, Breaker>;
}

/** Time to kill a call after its deadline before another worker may take over; ms. */
export const CLAIM_MARGIN = 5_000;

/** Most driver calls that are reported together: a cleaning, a new credential, its proof. */
const CALLS_PER_REPORT = 3;

/** How long a claim in this pool lasts: longer than its calls can take; ms. */
export function claimLength(pool: Pool): number {
  return CALLS_PER_REPORT * pool.policy.cleaning.deadline + CLAIM_MARGIN;
}

/** Does the claim last for the calls that may follow a cleaning before it is reported? */
export function hasTimeToGoOn({ operation, pool }: ClaimedOperation, now: number): boolean {
  return now + (CALLS_PER_REPORT - 1) * pool.policy.cleaning.deadline < operation.claimedUntil;
}

/** Claims what is due: each gets an operation row that is committed before its driver call. */
export function claim(
  snapshot: WorkSnapshot,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation[]> {
  const changes: Change[] = [];
  const value = snapshot.due
    .filter(({ pool }) => (snapshot.breakers[pool.id]?.openUntil ?? 0) <= context.now)
    .map((work) => {
      const { pool, credentials, allocation, reservation } = work;
      const draft = new Draft(work);
      const kind = work.resource.nextOperation!;
      const operation = begin(
        draft,
        { kind, pool, worker, requestId: reservation?.requestId },
        context,
      );
      changes.push(...draft.changes());
      return { operation, resource: draft.resource, pool, credentials, allocation, reservation };
    });
  return { changes, value };
}

/** The operation that begins, and its resource. */
export interface Beginning {
  kind: OperationKind;
  pool: Pool;
  worker: string;
  /** The X-Request-ID of the call that caused it, if one did. */
  requestId: string | null | undefined;
}

/** Begins an operation on a resource, or takes over the one that was left; gives it. */
export function begin(
  draft: Draft,
  { kind, pool, worker, requestId = null }: Beginning,
  context: DecisionContext,
): Operation {
  const claimed = { claimedBy: worker, claimedUntil: context.now + claimLength(pool) };
  const left = draft.operation;
  if (left) draft.setOperation({ ...claimed, attempt: left.attempt + 1 });
  else draft.startOperation({ ...newOperation(draft, kind, requestId, context), ...claimed });
  return underWay(draft);
}

/**
 * The operation goes on with its next step under the same id: whatever it makes, proves and retires
 * belongs to it.
 */
export function advance(draft: Draft, step: Step, pool: Pool, now: number): void {
  draft.setOperation({ ...rowAt(step), error: null, claimedUntil: now + claimLength(pool) });
  underWay(draft);
}

function underWay(draft: Draft): Operation {
  const operation = draft.operation!;
  draft.moveTo(statusUnder(operation.kind, draft.resource));
  draft.set({ operationId: operation.id, dueAt: operation.claimedUntil });
  return operation;
}

function newOperation(
  { resource, allocation }: Draft,
  kind: OperationKind,
  requestId: string | null,
  context: DecisionContext,
): Operation {
  return {
    id: context.newId(),
    resourceId: resource.id,
    poolId: resource.poolId,
    kind,
    step: 'call',
    generation: resource.generation,
    allocationId: allocation?.id ?? null,
    attempt: 1,
    claimedBy: null,
    claimedUntil: 0,
    outcome: null,
    error: null,
    requestId,
    createdAt: context.now,
    finishedAt: null,
  };
}

/** Rotation and removal make an idle resource unavailable; verifying it does not. */
function statusUnder(kind: OperationKind, { status }: Resource): Resource['status'] {
  if (kind === 'destroy' && status === 'available') return nextResourceStatus(status, 'destroy');
  if (kind === 'issueCredential' && status === 'available')
    return nextResourceStatus(nextResourceStatus(status, 'mark_dirty'), 'clean');
  return status === 'dirty' ? nextResourceStatus(status, 'clean') : status;
}
