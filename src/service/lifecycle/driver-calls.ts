import {
  STALE_CREDENTIAL,
  toIssue,
  toProve,
  type OperationResult,
} from '../../domain/lifecycle/completion';
import type { OperationKind } from '../../domain/lifecycle/operation';
import type { AccessWish, Reservation } from '../../domain/loans/reservation';
import { hasTimeToGoOn, type ClaimedOperation } from '../../domain/lifecycle/claims';
import {
  DriverError,
  type Call,
  type CredentialSecret,
  type Driver,
  type Target,
  type HealthCheck,
} from '../../drivers/driver';
import { Deadline } from './deadline';
import type { Drivers } from './drivers';
import { aad, type Engine } from '../engine';
import { foundBy } from './token-value';

/**
 * Makes the driver call that a task stands for, and what goes on with it by itself: the new
 * credential after a cleaning, and the proof of a new credential; each within the pool's deadline.
 * Never throws: what went wrong is in the report.
 */
export async function invokeDriver(
  engine: Engine,
  drivers: Drivers,
  task: ClaimedOperation,
  deadline = new Deadline(),
): Promise<OperationResult> {
  const report = await inTime(engine, drivers, task, deadline);
  if (!report.ok) return report;
  const { kind, step } = task.operation;
  if (kind === 'issueCredential' && step === 'call')
    return {
      proof: await inTime(
        engine,
        drivers,
        toProve(task, report.sealed!, engine.store.now()),
        deadline,
      ),
      ...report,
    };
  const next = toIssue(task, report.handle);
  return next && (await isOurs(engine, task))
    ? { then: await invokeDriver(engine, drivers, next, deadline), ...report }
    : report;
}

/**
 * Has nobody ended the operation or taken it over, and will nobody meanwhile? What is issued for an
 * operation that is void works, and nobody knows of it. Where this cannot be said the report will
 * tell.
 */
async function isOurs({ store }: Engine, task: ClaimedOperation): Promise<boolean> {
  const { id, attempt } = task.operation;
  return (
    hasTimeToGoOn(task, store.now()) &&
    (await store.read.attemptUnderWay(id).catch(() => null)) === attempt
  );
}

async function inTime(
  engine: Engine,
  drivers: Drivers,
  task: ClaimedOperation,
  deadline: Deadline,
): Promise<OperationResult> {
  const { id: operationId, attempt, requestId } = task.operation;
  try {
    return await deadline.hold(task.pool.policy.cleaning.deadline, (signal) =>
      ask(engine, drivers.of(task.pool), task, { operationId, attempt, requestId, signal }),
    );
  } catch (error) {
    return failure(error);
  }
}

/** Only a DriverError's message is known to hold no secret. */
function failure(error: unknown): OperationResult {
  if (error instanceof DriverError) return { ok: false, scope: error.scope, reason: error.message };
  return {
    ok: false,
    scope: 'resource',
    reason: `The driver broke: ${error instanceof Error ? error.name : 'unknown error'}.`,
  };
}

async function ask(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  call: Call,
): Promise<OperationResult> {
  const target = targetOf(task);
  if (await isStale(engine, driver, task, target, call))
    return { ok: false, scope: 'resource', reason: STALE_CREDENTIAL, hopeless: true };
  switch (task.operation.kind) {
    case 'provision':
      return { ok: true, ...(await driver.provision(target, call)) };
    case 'clean':
      return { ok: true, ...(await driver.clean(target, current(engine, task), call)) };
    case 'verify':
      return verdict(await driver.verify(target, current(engine, task), call));
    case 'issueCredential':
      return task.operation.step === 'call'
        ? issue(engine, driver, task, target, call)
        : prove(engine, driver, task, target, call);
    case 'retireCredential':
      return retire(engine, driver, task, target, call);
    case 'openAccess':
      return open(engine, driver, task, target, call);
    case 'closeAccess':
      await driver.closeAccess(target, lastAccess(engine, task), call);
      return { ok: true };
    case 'destroy':
      await driver.destroy(target, call);
      return { ok: true };
  }
}

/** What looks at a credential or replaces it: none of it can succeed with one that is refused. */
const RELY_ON_CREDENTIAL: readonly OperationKind[] = [
  'clean',
  'verify',
  'issueCredential',
  'retireCredential',
];

/** A credential that came from a backup or an admin is tried before anything relies on it. */
async function isStale(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  target: Target,
  call: Call,
): Promise<boolean> {
  if (task.resource.unprovenSince === null || !RELY_ON_CREDENTIAL.includes(task.operation.kind))
    return false;
  const presented = current(engine, task);
  return (
    presented !== null && (await driver.checkCredential(target, presented, call)) === 'refused'
  );
}

function targetOf({ resource, pool }: ClaimedOperation): Target {
  const { id: resourceId, name, kind, type, generation, handle } = resource;
  const spec = pool.types.find((entry) => entry.name === type)?.spec ?? {};
  return { resourceId, pool: pool.name, name, kind, type, spec, generation, handle };
}

function verdict(found: HealthCheck): OperationResult {
  return found.ok
    ? { ok: true, details: found.details }
    : { ok: false, scope: 'resource', reason: found.reason };
}

async function issue(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  target: Target,
  call: Call,
): Promise<OperationResult> {
  const secret = await driver.issueCredential(target, current(engine, task), call);
  const sealed = engine.sealer.seal(aad.credential(task.operation.id), JSON.stringify(secret));
  const details = foundBy(task.resource.kind, secret);
  return { ok: true, sealed, ...(details && { details }) };
}

/** The new credential must let somebody in before it replaces the old one. */
async function prove(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  target: Target,
  call: Call,
): Promise<OperationResult> {
  const next = openCredential(engine, task, task.operation.id);
  const answer = next ? await driver.checkCredential(target, next, call) : 'refused';
  return answer === 'accepted'
    ? { ok: true }
    : { ok: false, scope: 'resource', reason: 'The new credential is refused.' };
}

/**
 * Old ones must be refused while the current one is accepted at the same endpoint: a silent
 * endpoint proves nothing.
 */
async function retire(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  target: Target,
  call: Call,
): Promise<OperationResult> {
  const kept = current(engine, task);
  if (!kept)
    return { ok: false, scope: 'resource', reason: 'There is no current credential to keep.' };
  for (const { id } of task.credentials.filter(({ state }) => state !== 'current')) {
    const old = openCredential(engine, task, id)!;
    await driver.retireCredential(target, old, kept, call);
    if ((await driver.checkCredential(target, old, call)) === 'accepted')
      return { ok: false, scope: 'resource', reason: 'The old credential still works.' };
  }
  if ((await driver.checkCredential(target, kept, call)) === 'refused')
    return { ok: false, scope: 'resource', reason: 'The current credential is refused.' };
  return { ok: true };
}

async function open(
  engine: Engine,
  driver: Driver,
  task: ClaimedOperation,
  target: Target,
  call: Call,
): Promise<OperationResult> {
  const { reservation, allocation } = task;
  const wish = reservation?.sealedAccess
    ? (JSON.parse(
        engine.sealer.open(aad.wish(reservation.id), reservation.sealedAccess),
      ) as AccessWish)
    : {};
  const secret = await driver.openAccess(
    target,
    await withKeys(engine, driver, reservation, wish),
    call,
  );
  return {
    ok: true,
    sealed: engine.sealer.seal(aad.access(allocation!.id), JSON.stringify(secret)),
  };
}

/** The holder's own keys as they are at this moment, where the driver takes keys. */
async function withKeys(
  engine: Engine,
  driver: Driver,
  reservation: Reservation | null,
  wish: AccessWish,
): Promise<AccessWish> {
  if (!reservation || !driver.capabilities.accessByKey) return wish;
  const keys = await engine.store.read.sshKeysOf(reservation.userId);
  return keys.length === 0 ? wish : { ...wish, authorizedKeys: keys.map(({ key }) => key) };
}

function lastAccess(engine: Engine, { allocation }: ClaimedOperation): CredentialSecret | null {
  if (!allocation?.sealedAccess) return null;
  return JSON.parse(
    engine.sealer.open(aad.access(allocation.id), allocation.sealedAccess),
  ) as CredentialSecret;
}

function current(engine: Engine, task: ClaimedOperation): CredentialSecret | null {
  const found = task.credentials.find(({ state }) => state === 'current');
  return found ? openCredential(engine, task, found.id) : null;
}

function openCredential(
  engine: Engine,
  task: ClaimedOperation,
  id: string,
): CredentialSecret | null {
  const found = task.credentials.find((credential) => credential.id === id);
  return found
    ? (JSON.parse(engine.sealer.open(aad.credential(id), found.sealed)) as CredentialSecret)
    : null;
}
