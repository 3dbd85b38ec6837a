import type { Allocation } from './allocation';
import type { Breaker, Change, Decision } from './change';
import type { Credential } from './credential';
import type { Moment } from './moment';
import type { Operation, OperationKind } from './operation';
import type { Pool } from './pool';
import type { Reservation } from './reservation';
import { changed, nextResourceStatus, type Resource } from './resource';
import { trimmed } from './trim';
import { statusEvent } from './upkeep';

/** A worker's copy of all it needs for one driver call. */
export interface Task {
  operation: Operation;
  resource: Resource;
  pool: Pool;
  credentials: Credential[];
  /** For openAccess the loan to open; for closeAccess the one that has ended. */
  allocation: Allocation | null;
  reservation: Reservation | null;
}

/** A resource whose time has come, with the operation that an earlier claim left unfinished. */
export interface DueWork extends Omit<Task, 'operation'> {
  operation: Operation | null;
}

export interface WorkSnapshot {
  due: DueWork[];
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
export function hasTimeToGoOn({ operation, pool }: Task, now: number): boolean {
  return now + (CALLS_A_REPORT - 1) * pool.policy.cleaning.deadline < operation.claimedUntil;
}

/** Claims what is due: for each an operation row that is committed before its driver call. */
export function claim(snapshot: WorkSnapshot, worker: string, moment: Moment): Decision<Task[]> {
  const changes: Change[] = [];
  const tasks = snapshot.due
    .filter(({ pool }) => (snapshot.breakers[pool.id]?.openUntil ?? 0) <= moment.now)
    .map((work) => {
      const begun = begin(work, work.resource.nextOperation!, worker, moment);
      changes.push(...trimmed(begun.changes, work.resource));
      return begun.value;
    });
  return { changes, value: tasks };
}

/** Begins the next operation of a resource, or takes over the one that was left. */
export function begin(
  work: DueWork,
  kind: OperationKind,
  worker: string,
  moment: Moment,
): Decision<Task> {
  const { resource, pool, allocation } = work;
  const claimed = { claimedBy: worker, claimedUntil: moment.now + claimLength(pool) };
  const left = work.operation;
  const operation: Operation = left
    ? { ...left, ...claimed, attempt: left.attempt + 1 }
    : {
        ...newOperation(resource, kind, allocation, work.reservation?.requestId ?? null, moment),
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
export function goOn(task: Task, kind: OperationKind, moment: Moment): Decision<Task> {
  const set = {
    kind,
    step: 'call',
    error: null,
    claimedUntil: moment.now + claimLength(task.pool),
  } as const;
  return underWay(
    task,
    { ...task.operation, ...set },
    { do: 'setOperation', id: task.operation.id, set },
  );
}

function underWay(
  work: Omit<Task, 'operation'>,
  operation: Operation,
  written: Change,
): Decision<Task> {
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
  moment: Moment,
): Operation {
  return {
    id: moment.newId(),
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
    createdAt: moment.now,
    finishedAt: null,
  };
}

/** Cleaning and rotation take a resource out of the lines; a mere look at an idle one does not. */
function beganStatus(resource: Resource, kind: OperationKind): Resource['status'] {
  if (kind === 'destroy' && resource.status === 'available')
    return nextResourceStatus('available', 'destroy');
  if (kind === 'issueCredential' && resource.status === 'available')
    return nextResourceStatus(nextResourceStatus('available', 'soil'), 'clean');
  return resource.status === 'dirty' ? nextResourceStatus('dirty', 'clean') : resource.status;
}
