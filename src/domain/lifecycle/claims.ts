import type { Breaker, Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { Draft, type LifecycleRows } from './draft';
import type { Operation, OperationKind } from './operation';
import { rowAt, type Step } from './operation-steps';
import type { Pool } from '../pools/pool';
import type { Reservation } from '../loans/reservation';
import { isIdle, type Resource, type ResourceEvent } from './resource';

/**
 * A resource that is due for a driver call, with the operation that an earlier claim left
 * unfinished.
 */
export interface DueOperation extends LifecycleRows {
  pool: Pool;
  /**
   * For openAccess, the reservation to open; for a call that ends access, the one that ended. Its
   * allocation comes with it.
   */
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

/** The time allowed for stopping a call after its deadline, before another worker takes over; ms. */
export const CLAIM_MARGIN = 5_000;

/** The most driver calls in one report: a cleaning, a new credential, its proof. */
const CALLS_PER_REPORT = 3;

/** How long a claim in this pool lasts, which is longer than its calls can take; ms. */
export function claimLength(pool: Pool): number {
  return CALLS_PER_REPORT * pool.policy.cleaning.deadline + CLAIM_MARGIN;
}

/**
 * Does the claim leave time for all calls but the first of a report: those that may follow a
 * cleaning, or one that had to wait for a place?
 */
export function hasTimeToGoOn({ operation, pool }: ClaimedOperation, now: number): boolean {
  return now + (CALLS_PER_REPORT - 1) * pool.policy.cleaning.deadline < operation.claimedUntil;
}

/**
 * Claims the operations that are due. Each gets an operation row, committed before its driver call.
 */
export function claim(
  snapshot: WorkSnapshot,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation[]> {
  const changes: Change[] = [];
  const value = snapshot.due
    .filter(({ pool }) => (snapshot.breakers[pool.id]?.openUntil ?? 0) <= context.now)
    .filter(({ resource }) => !awaitsSigns(resource, context))
    .map((work) => {
      const { pool, credentials, allocation, reservation } = work;
      const draft = new Draft(work);
      const kind = work.resource.nextOperation!;
      const operation = begin(draft, { kind, pool, worker, cause: reservation }, context);
      changes.push(...draft.changes());
      return { operation, resource: draft.resource, pool, credentials, allocation, reservation };
    });
  return { changes, value };
}

/** Is it about to go for being idle, although nobody could say that it is not? */
function awaitsSigns(
  { status, adminState, nextOperation, expiresAt }: Resource,
  { now, heard = now }: DecisionContext,
): boolean {
  const goesForIdleness =
    nextOperation === 'destroy' && status === 'available' && adminState !== 'draining';
  return goesForIdleness && expiresAt !== null && expiresAt > heard;
}

type Cause = Pick<Operation, 'requestId' | 'traceparent'>;
const NO_CAUSE: Cause = { requestId: null, traceparent: null };

/** The operation to begin, and its worker. */
export interface OperationStart {
  kind: OperationKind;
  pool: Pool;
  worker: string;
  /** The ids of the API call that caused it, if there was one. */
  cause: Cause | null | undefined;
}

/** Begins an operation on a resource, or takes over the unfinished one; returns it. */
export function begin(
  draft: Draft,
  { kind, pool, worker, cause }: OperationStart,
  context: DecisionContext,
): Operation {
  const claimed = { claimedBy: worker, claimedUntil: context.now + claimLength(pool) };
  const left = draft.operation;
  if (left) draft.setOperation({ ...claimed, attempt: left.attempt + 1 });
  else
    draft.startOperation({ ...newOperation(draft, kind, cause ?? NO_CAUSE, context), ...claimed });
  return underWay(draft);
}

/**
 * Moves the operation on to its next step under the same id, which labels everything it makes,
 * proves and retires.
 */
export function advance(draft: Draft, step: Step, pool: Pool, now: number): void {
  const claimedUntil = now + claimLength(pool);
  draft.setOperation({ ...rowAt(step), error: null, sealedMemo: null, claimedUntil });
  underWay(draft);
}

function underWay(draft: Draft): Operation {
  const operation = draft.operation!;
  draft.move(movesUnder(operation.kind, draft.resource));
  draft.set({ operationId: operation.id, dueAt: operation.claimedUntil });
  return operation;
}

function newOperation(
  { resource, allocation }: Draft,
  kind: OperationKind,
  { requestId, traceparent }: Cause,
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
    sealedMemo: null,
    requestId,
    traceparent,
    createdAt: context.now,
    finishedAt: null,
  };
}

/** Rotation and removal make an idle resource unavailable; verification does not. */
function movesUnder(kind: OperationKind, { status }: Resource): ResourceEvent[] {
  if (kind === 'destroy' && isIdle({ status })) return ['destroy'];
  if (kind === 'issueCredential' && isIdle({ status })) return ['mark_dirty', 'clean'];
  return status === 'dirty' ? ['clean'] : [];
}
