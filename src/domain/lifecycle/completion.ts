import { advance, begin, type ClaimedOperation } from './claims';
import type { Breaker, Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import type { Credential } from './credential';
import { Draft } from './draft';
import { setBack, waitForBackend } from './failure';
import type { ReservationSnapshot } from '../loans/ending';
import { endlessPause, pauseUntil } from './pause';
import type { QueueSnapshot } from '../loans/granting';
import { failOpening, openedAccess } from './opening';
import type { OperationResult, StepDone, StepFailed, StepOutcome } from './operation-result';
import { continuesOperation, nextStep, rowAt, stepOf, type Step } from './operation-steps';
import { makeReadyAndServe } from './handover';
import { noteStep } from '../returns/stepping';
import { noteRemoval } from '../returns/ending';
import type { Pool } from '../pools/pool';

/**
 * The current state of the operation, with the queue of its resource and, for openAccess, the loan
 * that is waiting for it.
 */
export interface CompletionSnapshot extends QueueSnapshot {
  task: ClaimedOperation;
  breaker: Breaker | null;
  loan: ReservationSnapshot | null;
  /** How many more of its class the pool may lend or offer; null for any number. */
  room: number | null;
}

/** A successful step of any kind. */
type Success = Extract<StepOutcome, { ok: true }>;

/** A completion in progress. */
interface Completion {
  snapshot: CompletionSnapshot;
  draft: Draft;
  worker: string;
  context: DecisionContext;
}

/**
 * Applies the result that a worker reports for the claim `attempt`: the resource moves on by one
 * step for each outcome. A late result changes nothing: one of an earlier claim, of a superseded
 * operation, or of a step or generation that has passed. (In a pool that is being deleted, a
 * superseded operation notes that its call is over: `removeDeleted` in pools/pool-changes.ts waits
 * for that.) The value is the next work of the same worker, or null.
 */
export function completeOperation(
  snapshot: CompletionSnapshot,
  attempt: number,
  result: OperationResult,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  if (!isCurrent(snapshot.task, attempt, result))
    return { changes: endOfLateCall(snapshot.task, attempt, context), value: null };
  const completion = { snapshot, draft: new Draft(snapshot.task), worker, context };
  const next = applyOutcomes(completion, result);
  closeBreaker(completion, result);
  const { draft } = completion;
  return { changes: draft.changes(), value: next && claimedAs(snapshot.task, draft) };
}

/** Is this the result of the current claim, step and generation? */
function isCurrent(
  { operation, resource }: ClaimedOperation,
  attempt: number,
  [{ step }]: OperationResult,
): boolean {
  return (
    operation.outcome === null &&
    operation.attempt === attempt &&
    operation.generation === resource.generation &&
    resource.operationId === operation.id &&
    stepOf(operation) === step
  );
}

/** A pool that is being deleted learns that the call of a superseded operation is over. */
function endOfLateCall(
  { pool, operation: { id, outcome, attempt, claimedUntil } }: ClaimedOperation,
  reported: number,
  { now }: DecisionContext,
): Change[] {
  if (pool.deletingAt === null) return [];
  const ends = outcome === 'superseded' && attempt === reported && claimedUntil > now;
  return ends ? [{ do: 'setOperation', id, set: { claimedUntil: now } }] : [];
}

/** Applies the outcomes in order; returns the next step, if any. */
function applyOutcomes(completion: Completion, result: OperationResult): Step | null {
  const { snapshot, draft, context } = completion;
  let next: Step | null = null;
  for (let index = 0; index < result.length; index += 1) {
    const outcome = result[index]!;
    noteStep(draft, outcome, context.now);
    if (!outcome.ok) {
      fail(completion, outcome);
      return null;
    }
    succeed(draft, outcome, snapshot.task.pool, context.now);
    // Keep everything that has been made, even if the pool no longer asks for it.
    next = result[index + 1]?.step ?? nextStep(outcome.step, snapshot.task.pool, draft.credentials);
    if (next) goOn(completion, next);
    else finish(completion, outcome.step);
  }
  return next;
}

/** Records the result of a successful step. */
function succeed(draft: Draft, outcome: Success, pool: Pool, now: number): void {
  const { replaces } = pool.capabilities;
  switch (outcome.step) {
    case 'provision':
      draft.move('provisioned');
      draft.set({ handle: outcome.value.handle, failures: 0, reason: null });
      return draft.addDetails(outcome.value.details);
    case 'clean':
      leaveQuarantine(draft);
      draft.set({ handle: outcome.value.handle, cleanedAt: now });
      draft.addDetails(outcome.value.details);
      return replaces ? replaced(draft, now) : undefined;
    case 'verify':
      leaveQuarantine(draft);
      draft.set({ verifiedAt: now });
      return draft.addDetails(outcome.value.details);
    case 'issueCredential':
      return keepIssued(draft, outcome, now);
    case 'proveCredential':
      leaveQuarantine(draft);
      return makeCurrent(draft, now);
    case 'retireCredential':
      leaveQuarantine(draft);
      draft.credentials = draft.credentials.filter(({ state }) => state !== 'retiring');
      return draft.set({ verifiedAt: now });
    case 'openAccess':
      return draft.setAllocation({ access: 'open', sealedAccess: outcome.value.sealed });
    case 'closeAccess':
      leaveQuarantine(draft);
      return forgetAccess(draft);
    case 'destroy':
      draft.move('destroyed');
      return draft.set({ destroyedAt: now, changedAt: now, nextOperation: null, dueAt: null });
  }
}

/** A step that succeeds ends the quarantine of its resource. */
function leaveQuarantine(draft: Draft): void {
  if (draft.resource.status === 'quarantined') draft.move('clean');
}

/** A new resource, proven by its driver: the last holder's access is gone with the old one. */
function replaced(draft: Draft, now: number): void {
  draft.set({ verifiedAt: now });
  forgetAccess(draft);
}

/** The access of the last holder is closed, so nobody needs its secret any more. */
function forgetAccess(draft: Draft): void {
  if (draft.allocation?.sealedAccess) draft.setAllocation({ sealedAccess: null });
}

/** Stores the new credential, sealed, before anybody relies on it; the old one still works. */
function keepIssued(draft: Draft, { value }: StepDone<'issueCredential'>, now: number): void {
  const { id } = draft.operation!;
  const issued: Credential = {
    id,
    resourceId: draft.resource.id,
    state: 'next',
    sealed: value.sealed,
    createdAt: now,
  };
  draft.credentials = [...draft.credentials.filter((credential) => credential.id !== id), issued];
  draft.addDetails(value.details);
}

/** Makes the credential just proven current; all others, abandoned ones included, are retired. */
function makeCurrent(draft: Draft, now: number): void {
  const proven = draft.operation!.id;
  draft.credentials = draft.credentials.map((credential): Credential => ({
    ...credential,
    state: credential.id === proven ? 'current' : 'retiring',
  }));
  draft.set({ rotatedAt: now });
  draft.append('resource.rotated');
}

/** The same worker continues with `next`, under the same operation or a new one. */
function goOn({ snapshot, draft, worker, context }: Completion, next: Step): void {
  const { pool, reservation } = snapshot.task;
  draft.set({ nextOperation: rowAt(next).kind });
  if (continuesOperation(next)) return advance(draft, next, pool, context.now);
  draft.finishOperation('done', null, context.now);
  begin(draft, { kind: rowAt(next).kind, pool, worker, cause: reservation }, context);
}

/** No step is left: the resource goes to its holder, becomes available, or is gone. */
function finish({ snapshot, draft, context }: Completion, last: Step): void {
  const { pool } = snapshot.task;
  draft.finishOperation('done', null, context.now);
  if (last === 'openAccess') openedAccess(draft, snapshot.loan!, context);
  else if (last === 'destroy') noteRemoval(draft, pool, context);
  else makeReadyAndServe(draft, pool, snapshot, context);
}

/** A step did not end: it pauses where it can, and has failed everywhere else. */
function fail({ snapshot, draft, context }: Completion, ended: StepFailed): void {
  const { step } = ended;
  const failed = ended.scope === 'pause' ? endlessPause(ended, draft, context.now) : ended;
  if (failed.scope === 'pause' && step !== 'openAccess')
    return pauseUntil(draft, failed, context.now);
  const { scope, reason } = failed;
  const { pool } = snapshot.task;
  draft.append('resource.failed', { operation: draft.operation!.kind, scope, reason });
  if (failed.scope === 'backend') waitForBackend(draft, pool, snapshot.breaker, reason, context);
  else if (step === 'openAccess') failOpening(draft, snapshot.loan!, reason, context);
  else setBack(draft, pool, { ...failed, scope: 'resource' }, context);
}

/**
 * Closes the breaker after a call that the back end answered, unless it failed later in this result.
 */
function closeBreaker({ snapshot, draft }: Completion, result: OperationResult): void {
  const { breaker } = snapshot;
  const last = result[result.length - 1]!;
  const isAnswered = result[0].ok || result[0].scope === 'pause';
  if (!breaker || !isAnswered || (!last.ok && last.scope === 'backend')) return;
  const { poolId, since } = breaker;
  draft.include([
    { do: 'setBreaker', breaker: { ...breaker, failures: 0, openUntil: 0 } },
    { do: 'append', event: { type: 'pool.recovered', poolId, data: { since } } },
  ]);
}

/** The next work of the same worker, as the draft has left it. */
function claimedAs({ pool, reservation }: ClaimedOperation, draft: Draft): ClaimedOperation {
  const { resource, credentials, allocation } = draft;
  return { operation: draft.operation!, resource, pool, credentials, allocation, reservation };
}
