import { backoff } from './backoff';
import type { Breaker, Change, Decision, DetailFields } from '../change';
import type { Credential } from './credential';
import { end, type ReservationSnapshot } from '../loans/ending';
import { serve, type QueueSnapshot } from '../loans/granting';
import { startLease } from '../loans/lease';
import type { DecisionContext } from '../context';
import type { OperationKind } from './operation';
import { nextReservationStatus } from '../loans/reservation';
import { changed, nextResourceStatus, type Resource } from './resource';
import {
  candidateOf,
  nextStep,
  readyFields,
  markDirty,
  statusEvent,
  staysOneOperation,
} from './steps';
import { squashUpdates } from './squash';
import { begin, advance, type ClaimedOperation } from './claims';

/**
 * Why a resource is quarantined whose credential, from a backup or an admin, is refused: somebody
 * must bring the right one.
 */
export const STALE_CREDENTIAL = 'stale_credential';

/**
 * What came of a driver call. `reason` holds no secret. `proof`: what came of the look that follows
 * by itself. `then`: what came of the call after it, where nothing had to be written down in
 * between. `hopeless`: trying again soon will not help.
 */
export type OperationResult =
  | {
      ok: true;
      handle?: string;
      details?: DetailFields;
      sealed?: string;
      proof?: OperationResult;
      then?: OperationResult;
    }
  | { ok: false; scope: 'resource' | 'backend'; reason: string; hopeless?: boolean };

/**
 * The operation as it stands now, with the line of its resource and, for openAccess, the loan that
 * waits for it.
 */
export interface CompletionSnapshot extends QueueSnapshot {
  task: ClaimedOperation;
  breaker: Breaker | null;
  loan: ReservationSnapshot | null;
}

/**
 * Takes a worker's report. A report of an earlier claim, of an operation that was superseded, or
 * about a generation that has passed changes nothing: the late writer loses. The value is what the
 * same worker is to do next, if anything.
 */
export function completeOperation(
  snapshot: CompletionSnapshot,
  attempt: number,
  report: OperationResult,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  const { operation, resource } = snapshot.task;
  const current =
    operation.outcome === null &&
    operation.attempt === attempt &&
    operation.generation === resource.generation &&
    resource.operationId === operation.id;
  if (!current) return { changes: [], value: null };
  const { changes, value } = take(snapshot, report, worker, context);
  return { changes: squashUpdates(changes, resource), value };
}

function take(
  snapshot: CompletionSnapshot,
  report: OperationResult,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  if (!report.ok) return fail(snapshot, report, context);
  const decision = succeed(snapshot, report, worker, context);
  // Of several calls in one report a later one may have found the back end away.
  const settled =
    snapshot.breaker === null || decision.changes.some((change) => change.do === 'setBreaker');
  const closeBreaker: Change[] = settled
    ? []
    : [{ do: 'setBreaker', breaker: { ...snapshot.breaker!, failures: 0, openUntil: 0 } }];
  return { ...decision, changes: [...decision.changes, ...closeBreaker] };
}

type Success = Extract<OperationResult, { ok: true }>;

function succeed(
  snapshot: CompletionSnapshot,
  report: Success,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  const { task } = snapshot;
  const { operation, resource } = task;
  if (operation.kind === 'issueCredential' && operation.step === 'call')
    return sealNext(snapshot, report, worker, context);
  const { fields, credentials, changes } = effects(task, report, context);
  if (report.details)
    changes.push({
      do: 'setDetails',
      resourceId: resource.id,
      kind: resource.kind,
      details: report.details,
    });
  const after: Resource = changed(resource, { operationId: null, ...fields });
  const rest = proceed(
    { ...snapshot, task: { ...task, resource: after, credentials } },
    report,
    worker,
    context,
  );
  const finished: Change[] =
    rest.value?.operation.id === operation.id
      ? []
      : [
          {
            do: 'setOperation',
            id: operation.id,
            set: { outcome: 'done', error: null, finishedAt: context.now },
          },
        ];
  // What follows may set the same fields again: later changes win.
  const moved: Change = {
    do: 'setResource',
    id: resource.id,
    set: { operationId: null, ...fields },
  };
  const done = { changes: [...finished, moved, ...changes, ...rest.changes], value: rest.value };
  if (!report.then || !rest.value) return done;
  const then = take({ ...snapshot, task: rest.value }, report.then, worker, context);
  return { changes: [...done.changes, ...then.changes], value: then.value };
}

/**
 * The task as the worker goes on with it by itself after a cleaning: with a new credential. null
 * where something else follows.
 */
export function toIssue(
  task: ClaimedOperation,
  handle: string | undefined,
): ClaimedOperation | null {
  const { operation, resource, pool, credentials } = task;
  if (operation.kind !== 'clean' || nextStep('clean', pool, credentials) !== 'issueCredential')
    return null;
  return {
    ...task,
    resource: changed(resource, { handle: handle ?? resource.handle }),
    operation: { ...operation, kind: 'issueCredential', step: 'call' },
  };
}

/**
 * The new credential is kept, sealed, before anybody relies on it; the old one still works. What
 * its proof has shown is taken in the same breath.
 */
function sealNext(
  snapshot: CompletionSnapshot,
  report: Success,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  const { operation, resource } = snapshot.task;
  const task = toProve(snapshot.task, report.sealed!, context.now);
  const issued = task.credentials.at(-1)!;
  const changes: Change[] = [{ do: 'setOperation', id: operation.id, set: { step: 'prove' } }];
  if (report.details)
    changes.push({
      do: 'setDetails',
      resourceId: resource.id,
      kind: resource.kind,
      details: report.details,
    });
  if (!report.proof)
    return { changes: [...changes, { do: 'putCredential', credential: issued }], value: task };
  const proven = take({ ...snapshot, task }, report.proof, worker, context);
  return { changes: [...changes, ...kept(issued, proven.changes)], value: proven.value };
}

/**
 * The changes that follow on a new credential, with itself: in one piece with what it becomes,
 * where it becomes something.
 */
function kept(issued: Credential, changes: Change[]): Change[] {
  const set = changes.find((change) => change.do === 'setCredential' && change.id === issued.id) as
    Extract<Change, { do: 'setCredential' }> | undefined;
  if (!set) return [{ do: 'putCredential', credential: issued }, ...changes];
  return changes.map((change) =>
    change === set ? { do: 'putCredential', credential: { ...issued, state: set.state } } : change,
  );
}

/**
 * The task after its call has issued this sealed credential, at `now`: the credential is to be
 * proven.
 */
export function toProve(task: ClaimedOperation, sealed: string, now: number): ClaimedOperation {
  const { operation, resource, credentials } = task;
  const issued: Credential = {
    id: operation.id,
    resourceId: resource.id,
    state: 'next',
    sealed,
    createdAt: now,
  };
  return {
    ...task,
    credentials: [...credentials.filter(({ id }) => id !== issued.id), issued],
    operation: { ...operation, step: 'prove' },
  };
}

/** What a finished call changes on the resource and its credentials. */
function effects(
  task: ClaimedOperation,
  report: Success,
  context: DecisionContext,
): { fields: Partial<Resource>; credentials: Credential[]; changes: Change[] } {
  const { operation, credentials } = task;
  const { now } = context;
  const moved = report.handle === undefined ? {} : { handle: report.handle };
  const byKind: Record<OperationKind, Partial<Resource>> = {
    provision: moved,
    clean: { cleanedAt: now, ...moved },
    verify: { verifiedAt: now },
    issueCredential: { rotatedAt: now },
    retireCredential: { verifiedAt: now },
    openAccess: {},
    closeAccess: {},
    destroy: { destroyedAt: now },
  };
  const swapped =
    operation.kind === 'issueCredential'
      ? swap(credentials, operation.id)
      : operation.kind === 'retireCredential'
        ? credentials.filter(({ state }) => state !== 'retiring')
        : credentials;
  return {
    fields: byKind[operation.kind],
    credentials: swapped,
    changes: credentialChanges(task, credentials, swapped),
  };
}

/**
 * The one just proven takes over; all others, those of rotations that were given up included, are
 * to be retired.
 */
function swap(credentials: Credential[], proven: string): Credential[] {
  return credentials.map((credential) => ({
    ...credential,
    state: credential.id === proven ? 'current' : 'retiring',
  }));
}

function credentialChanges(
  { resource, operation, allocation }: ClaimedOperation,
  before: Credential[],
  after: Credential[],
): Change[] {
  const changes: Change[] = [];
  for (const credential of before) {
    const next = after.find(({ id }) => id === credential.id);
    if (!next) changes.push({ do: 'dropCredential', id: credential.id });
    else if (next.state === 'retiring')
      changes.unshift({ do: 'setCredential', id: next.id, state: next.state });
    else if (next.state !== credential.state)
      changes.push({ do: 'setCredential', id: next.id, state: next.state });
  }
  const { id: resourceId, poolId } = resource;
  if (operation.kind === 'issueCredential')
    changes.push({
      do: 'append',
      event: { type: 'resource.rotated', poolId, resourceId, data: {} },
    });
  if (operation.kind === 'closeAccess' && allocation)
    changes.push({ do: 'setAllocation', id: allocation.id, set: { sealedAccess: null } });
  return changes;
}

/** On to the next call, into the lines, or to the holder. */
function proceed(
  snapshot: CompletionSnapshot,
  report: Success,
  worker: string,
  context: DecisionContext,
): Decision<ClaimedOperation | null> {
  const { task } = snapshot;
  const { operation, pool } = task;
  const resource = arrived(task.resource, operation.kind, context);
  if (operation.kind === 'destroy')
    return moveOn(task.resource, resource, { nextOperation: null, dueAt: null });
  if (operation.kind === 'openAccess') return opened(snapshot, report, context);
  // What has been made is kept, even if the pool no longer asks for it.
  const next = report.then ? 'issueCredential' : nextStep(operation.kind, pool, task.credentials);
  if (next) {
    const moved = moveOn(task.resource, resource, { nextOperation: next });
    const at = { ...task, resource: changed(resource, { nextOperation: next }) };
    const begun = staysOneOperation(next)
      ? advance(at, next, context)
      : begin({ ...at, operation: null }, next, worker, context);
    return { changes: [...moved.changes, ...begun.changes], value: begun.value };
  }
  return ready(snapshot, resource, context);
}

/** The status that a finished call leads to by itself. */
function arrived(resource: Resource, kind: OperationKind, { now }: DecisionContext): Resource {
  if (kind === 'provision')
    return changed(resource, {
      status: nextResourceStatus(resource.status, 'provisioned'),
      failures: 0,
      reason: null,
    });
  if (kind === 'destroy')
    return changed(resource, {
      status: nextResourceStatus(resource.status, 'destroyed'),
      changedAt: now,
    });
  if (resource.status === 'quarantined')
    return changed(resource, { status: nextResourceStatus('quarantined', 'clean') });
  return resource;
}

function moveOn(before: Resource, after: Resource, set: Partial<Resource>): Decision<null> {
  const { status, failures, reason, changedAt } = after;
  const changes: Change[] = [
    { do: 'setResource', id: after.id, set: { status, failures, reason, changedAt, ...set } },
  ];
  if (status !== before.status) changes.push(statusEvent(before, status));
  return { changes, value: null };
}

/**
 * Clean, proven, and rested: into the lines, and to whoever is first there, in this same
 * transaction.
 */
function ready(
  snapshot: CompletionSnapshot,
  resource: Resource,
  context: DecisionContext,
): Decision<null> {
  const { pool } = snapshot.task;
  const restUntil = (resource.cleanedAt ?? 0) + pool.policy.cleaning.cooldown;
  if (resource.status !== 'available' && restUntil > context.now) {
    return moveOn(snapshot.task.resource, changed(resource, { status: 'dirty' }), {
      nextOperation: 'verify',
      dueAt: restUntil,
    });
  }
  if (resource.status === 'available') {
    const set = { verifiedAt: context.now, failures: 0, reason: null };
    const idle = readyFields(changed(resource, { status: 'dirty', ...set }), pool, context);
    return {
      changes: [
        {
          do: 'setResource',
          id: resource.id,
          set: { nextOperation: idle.nextOperation, dueAt: idle.dueAt, ...set },
        },
      ],
      value: null,
    };
  }
  const fields = readyFields(resource, pool, context);
  const changes: Change[] = [
    { do: 'setResource', id: resource.id, set: fields },
    statusEvent(resource, 'available'),
  ];
  const candidate = candidateOf(changed(resource, fields), context.now);
  if (!candidate) return { changes, value: null };
  const queues = { ...snapshot.queues, available: [...snapshot.queues.available, candidate] };
  return { changes: [...changes, ...serve({ ...snapshot, queues }, context.now)], value: null };
}

/** Access is open for one resource; with the last one the lease begins. */
function opened(
  snapshot: CompletionSnapshot,
  report: Success,
  context: DecisionContext,
): Decision<null> {
  const { task, loan } = snapshot;
  const { resource, allocation } = task;
  const { reservation, holdings } = loan!;
  const changes: Change[] = [
    { do: 'setResource', id: resource.id, set: { nextOperation: null, dueAt: null, failures: 0 } },
    {
      do: 'setAllocation',
      id: allocation!.id,
      set: { access: 'open', sealedAccess: report.sealed ?? null },
    },
  ];
  const waitsFor = holdings.some(
    (holding) =>
      holding.allocation.id !== allocation!.id && holding.allocation.access === 'opening',
  );
  if (waitsFor || reservation.status !== 'preparing') return { changes, value: null };
  if (reservation.deadlineAt !== null && reservation.deadlineAt <= context.now) {
    return {
      changes: [
        ...changes,
        ...end(loan!, 'failed', 'Access could not be opened in time.', context).changes,
      ],
      value: null,
    };
  }
  const lease = startLease(reservation, context.now);
  const { id: reservationId, userId } = reservation;
  changes.push(
    {
      do: 'setReservation',
      id: reservationId,
      set: { status: nextReservationStatus(reservation.status, 'activate'), ...lease },
    },
    {
      do: 'append',
      event: { type: 'reservation.active', reservationId, userId, data: { endsAt: lease.endsAt } },
    },
  );
  return { changes, value: null };
}

type Failure = Extract<OperationResult, { ok: false }>;

function fail(
  snapshot: CompletionSnapshot,
  report: Failure,
  context: DecisionContext,
): Decision<null> {
  const { task } = snapshot;
  const { operation, resource, pool } = task;
  const failed: Change = {
    do: 'append',
    event: {
      type: 'resource.failed',
      poolId: pool.id,
      resourceId: resource.id,
      data: { operation: operation.kind, scope: report.scope, reason: report.reason },
    },
  };
  if (report.scope === 'backend')
    return { changes: [failed, ...holdBack(snapshot, report.reason, context)], value: null };
  if (operation.kind === 'openAccess') {
    return {
      changes: [
        failed,
        ...end(snapshot.loan!, 'failed', `Access could not be opened: ${report.reason}`, context)
          .changes,
      ],
      value: null,
    };
  }
  return { changes: [failed, ...setBack(task, report, context)], value: null };
}

/**
 * The back end is away: the pool's breaker opens, the operation waits, and nothing is held against
 * the resource.
 */
function holdBack(
  { task, breaker }: CompletionSnapshot,
  reason: string,
  context: DecisionContext,
): Change[] {
  const { operation, resource, pool } = task;
  const failures = (breaker?.failures ?? 0) + 1;
  const openUntil =
    context.now + backoff(pool.policy.cleaning, Math.min(failures, 4), context.fraction());
  return [
    {
      do: 'setBreaker',
      breaker: {
        poolId: pool.id,
        failures,
        openUntil,
        reason,
        since: breaker?.since ?? context.now,
      },
    },
    {
      do: 'setOperation',
      id: operation.id,
      set: { error: reason, claimedBy: null, claimedUntil: 0 },
    },
    { do: 'setResource', id: resource.id, set: { dueAt: openUntil, reason } },
  ];
}

/**
 * This resource failed: later again, from where it makes sense, and out of the way after too many
 * times.
 */
function setBack(
  task: ClaimedOperation,
  { reason, hopeless = false }: Failure,
  context: DecisionContext,
): Change[] {
  const { operation, resource, pool } = task;
  const { cleaning } = pool.policy;
  if (resource.status === 'available') {
    const finished: Change = {
      do: 'setOperation',
      id: operation.id,
      set: { outcome: 'failed', error: reason, finishedAt: context.now },
    };
    return [
      finished,
      ...markDirty(changed(resource, { operationId: null }), pool, reason, context.now),
    ];
  }
  const failures = resource.failures + 1;
  const quarantine = hopeless || resource.status === 'quarantined' || failures > cleaning.retries;
  const status = quarantine
    ? 'quarantined'
    : resource.status === 'cleaning'
      ? nextResourceStatus('cleaning', 'setback')
      : resource.status;
  const dueAt =
    context.now +
    (quarantine ? cleaning.quarantineRetry : backoff(cleaning, failures, context.fraction()));
  const changes: Change[] = [
    {
      do: 'setResource',
      id: resource.id,
      set: { status, failures, reason, dueAt, changedAt: context.now },
    },
  ];
  // A failed look means that cleaning did not do its part: clean again. Anything else is tried
  // again as it was.
  if (operation.kind === 'verify') {
    changes.push({
      do: 'setOperation',
      id: operation.id,
      set: { outcome: 'failed', error: reason, finishedAt: context.now },
    });
    changes.push({
      do: 'setResource',
      id: resource.id,
      set: { operationId: null, nextOperation: 'clean' },
    });
  } else {
    changes.push({
      do: 'setOperation',
      id: operation.id,
      set: { error: reason, step: 'call', claimedBy: null, claimedUntil: 0 },
    });
  }
  if (status !== resource.status) changes.push(statusEvent(resource, status, reason));
  return changes;
}
