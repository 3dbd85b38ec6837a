import type { Allocation } from '../loans/allocation';
import type { Breaker, Change, Decision } from '../change';
import type { Credential } from './credential';
import type { DecisionContext } from '../context';
import type { Operation, OperationKind } from './operation';
import type { Pool } from '../pools/pool';
import type { Reservation } from '../loans/reservation';
import { changed, nextResourceStatus, type Resource } from './resource';
import { squashUpdates } from './squash';
import { statusEvent } from './steps';

/** A worker's copy of all it needs for one driver call. */
export interface ClaimedOperation {
  operation: Operation;
  resource: Resource;
  pool: Pool;
  credentials: Credential[];
  /** For openAccess the loan to open; for closeAccess the one that has ended. */
  allocation: Allocation | null;
  reservation: Reservation | null;
}

/** A resource whose time has come, with the operation that an earlier claim left unfinished. */
export interface DueOperation extends Omit<ClaimedOperation, 'operation'> {
  operation: Operation | null;
}

export interface WorkSnapshot {
  due: DueOperation[];
  breakers: Record<string, Breaker>;
}

/** Time given to kill a call after its deadline, before another worker may take over; ms. */
export const CLAIM_MARGIN = 5_000;

/** Calls that one report may tell of: a cleaning, a new credential, its proof. */
const CALLS_A_REPORT = 3;

/**
 * How long a claim on an operation of this pool lasts: longer than its calls can until they are
 * reported; ms.
 */
export function claimLength(pool: Pool): number {
  return CALLS_A_REPORT * pool.policy.cleaning.deadline + CLAIM_MARGIN;
}

/** Is there time in the claim for the calls that follow a cleaning unreported? */
export function hasTimeToGoOn({ operation, pool }: ClaimedOperation, now: number): boolean {
  return now + (CALLS_A_REPORT - 1) * pool.policy.cleaning.deadline < operation.claimedUntil;
}

/** Claims what is due: for each an operation row that is committed before its driver call. */
export function claim(
  snapshot: WorkSnapshot,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation[]> {
  const changes: Change[] = [];
  const tasks = snapshot.due
    .filter(({ pool }) => (snapshot.breakers[pool.id]?.openUntil ?? 0) <= context.now)
    .map((work) => {
      const begun = begin(work, work.resource.nextOperation!, worker, context);
      changes.push(...squashUpdates(begun.changes, work.resource));
      return begun.value;
    });
  return { changes, value: tasks };
}

/** Begins the next operation of a resource, or takes over the one that was left. */
export function begin(
  work: DueOperation,
  kind: OperationKind,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation> {
  const { resource, pool, allocation } = work;
  const claimed = { claimedBy: worker, claimedUntil: context.now + claimLength(pool) };
  const left = work.operation;
  const operation: Operation = left
    ? { ...left, ...claimed, attempt: left.attempt + 1 }
    : {
        ...newOperation(resource, kind, allocation, work.reservation?.requestId ?? null, context),
        ...claimed,
      };
  return underWay(
    work,
    operation,
    left
      ? { do: 'setOperation', id: left.id, set: { ...claimed, attempt: operation.attempt } }
      : { do: 'createOperation', operation },
  );
}

/**
 * The same worker goes on with the next call under the same id: what it makes, and what it retires,
 * are one operation.
 */
export function advance(
  task: ClaimedOperation,
  kind: OperationKind,
  context: DecisionContext,
): Decision<ClaimedOperation> {
  const set = {
    kind,
    step: 'call',
    error: null,
    claimedUntil: context.now + claimLength(task.pool),
  } as const;
  return underWay(
    task,
    { ...task.operation, ...set },
    { do: 'setOperation', id: task.operation.id, set },
  );
}

function underWay(
  work: Omit<ClaimedOperation, 'operation'>,
  operation: Operation,
  written: Change,
): Decision<ClaimedOperation> {
  const { resource } = work;
  const status = beganStatus(resource, operation.kind);
  const set = { operationId: operation.id, dueAt: operation.claimedUntil, status };
  const changes: Change[] = [written, { do: 'setResource', id: resource.id, set }];
  if (status !== resource.status) changes.push(statusEvent(resource, status));
  return { changes, value: { ...work, operation, resource: changed(resource, set) } };
}

function newOperation(
  resource: Resource,
  kind: OperationKind,
  allocation: Allocation | null,
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

/** Cleaning and rotation take a resource out of the lines; a mere look at an idle one does not. */
function beganStatus(resource: Resource, kind: OperationKind): Resource['status'] {
  if (kind === 'destroy' && resource.status === 'available')
    return nextResourceStatus('available', 'destroy');
  if (kind === 'issueCredential' && resource.status === 'available')
    return nextResourceStatus(nextResourceStatus('available', 'mark_dirty'), 'clean');
  return resource.status === 'dirty' ? nextResourceStatus('dirty', 'clean') : resource.status;
}
