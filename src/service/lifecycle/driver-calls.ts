import { MOST_KEYS } from '../../domain/people/user';
import { hasTimeToGoOn, type ClaimedOperation } from '../../domain/lifecycle/claims';
import { STALE_CREDENTIAL } from '../../domain/lifecycle/failure';
import type {
  Fault,
  IssueResult,
  OperationResult,
  StepOutcome,
  StepValues,
} from '../../domain/lifecycle/operation-result';
import { nextStep, stepOf, type Step } from '../../domain/lifecycle/operation-steps';
import type { AccessWish, Reservation } from '../../domain/loans/reservation';
import {
  DriverError,
  NotYet,
  type Call,
  type CredentialSecret,
  type Driver,
  type Target,
} from '../../drivers/driver';
import { Deadline } from './deadline';
import type { Drivers } from './drivers';
import { aad, type Engine } from '../engine';
import { foundBy } from './token-value';

/** A claimed operation on its way through its steps. */
interface Run {
  engine: Engine;
  drivers: Drivers;
  task: ClaimedOperation;
  target: Target;
  /** The sealed new credential that is still to be proven, if there is one. */
  issued: string | undefined;
  deadline: Deadline;
}

/**
 * Makes the driver call of an operation's current step, and those that may follow before it is
 * reported: a new credential after a cleaning, and the proof of a new credential; each within the
 * pool's deadline. Returns the outcome of each call. Never throws: a failure is an outcome.
 */
export async function invokeDriver(
  engine: Engine,
  drivers: Drivers,
  task: ClaimedOperation,
  deadline = new Deadline(),
): Promise<OperationResult> {
  const { operation, credentials, pool } = task;
  const issued = credentials.find(({ id }) => id === operation.id)?.sealed;
  const run: Run = { engine, drivers, task, target: targetOf(task), issued, deadline };
  const step = stepOf(operation);
  if (step === 'issueCredential') return issueAndProve(run);
  if (step !== 'clean') return [await perform(run, step)];
  const cleaned = await perform(run, step);
  const goesOn =
    cleaned.ok &&
    nextStep(step, pool, credentials) === 'issueCredential' &&
    (await isOurs(engine, task));
  if (!goesOn) return [cleaned];
  const target = { ...run.target, handle: cleaned.value.handle };
  return [cleaned, ...(await issueAndProve({ ...run, target }))];
}

async function issueAndProve(run: Run): Promise<IssueResult> {
  const issued = await perform(run, 'issueCredential');
  return issued.ok
    ? [issued, await perform({ ...run, issued: issued.value.sealed }, 'proveCredential')]
    : [issued];
}

/**
 * Is the operation claimed by this worker, and for long enough to make the calls that follow? A
 * credential issued for a superseded operation would work, and nobody would know of it. If the
 * claim cannot be read, the report will tell.
 */
async function isOurs({ store }: Engine, task: ClaimedOperation): Promise<boolean> {
  const { id, attempt } = task.operation;
  return (
    hasTimeToGoOn(task, store.now()) &&
    (await store.read.attemptUnderWay(id).catch(() => null)) === attempt
  );
}

/** Makes the driver call of one step, within the pool's deadline. */
async function perform<S extends Step>(run: Run, step: S): Promise<StepOutcome<S>> {
  const { pool, operation } = run.task;
  const { id: operationId, attempt, requestId } = operation;
  const ended = await run.deadline
    .hold(pool.policy.cleaning.deadline, (signal) =>
      run.drivers.use(pool, async (driver) => {
        const call = { operationId, attempt, requestId, memo: memoFor(run, step), signal };
        await refuseStale(run, step, driver, call);
        return { ok: true, value: await CALLS[step](run, driver, call) };
      }),
    )
    .catch((error: unknown) => ({ ok: false, ...faultOf(run, error) }));
  return { step, ...ended } as StepOutcome<S>;
}

/** The driver answered in time, and its answer means that the step failed. */
class StepFailure extends Error {
  constructor(
    readonly reason: string,
    readonly hopeless = false,
  ) {
    super(reason);
  }
}

/** The memo of the step at which the operation was claimed; those that follow it have none. */
function memoFor({ engine, task: { operation } }: Run, step: Step): string | null {
  const { id, sealedMemo } = operation;
  return sealedMemo !== null && stepOf(operation) === step
    ? engine.sealer.open(aad.memo(id), sealedMemo)
    : null;
}

/** Only the message of a DriverError or of a NotYet is known to hold no secret. */
function faultOf({ engine, task }: Run, error: unknown): Fault {
  if (error instanceof NotYet) {
    const { until, reason, memo } = error;
    const sealedMemo =
      memo === undefined ? undefined : engine.sealer.seal(aad.memo(task.operation.id), memo);
    return { scope: 'pause', until, reason, sealedMemo };
  }
  if (error instanceof StepFailure) {
    const { reason, hopeless } = error;
    return { scope: 'resource', reason, hopeless };
  }
  if (error instanceof DriverError) return { scope: error.scope, reason: error.message };
  const name = error instanceof Error ? error.name : 'unknown error';
  return { scope: 'resource', reason: `The driver broke: ${name}.` };
}

/** The driver call of each step. */
const CALLS: { [S in Step]: (run: Run, driver: Driver, call: Call) => Promise<StepValues[S]> } = {
  provision: (run, driver, call) => driver.provision(run.target, call),
  clean: (run, driver, call) => driver.clean(run.target, currentSecret(run), call),
  verify,
  issueCredential: issue,
  proveCredential: prove,
  retireCredential: retire,
  openAccess: open,
  closeAccess: async (run, driver, call) => {
    await driver.closeAccess(run.target, lastAccess(run), call);
    return null;
  },
  destroy: async (run, driver, call) => {
    await driver.destroy(run.target, call);
    return null;
  },
};

/** Steps that use, check or replace the current credential, and must fail if it is refused. */
const RELY_ON_CREDENTIAL: readonly Step[] = [
  'clean',
  'verify',
  'issueCredential',
  'proveCredential',
  'retireCredential',
];

/** Tries a credential that came from a backup or an admin before any step relies on it. */
async function refuseStale(run: Run, step: Step, driver: Driver, call: Call): Promise<void> {
  if (run.task.resource.unprovenSince === null || !RELY_ON_CREDENTIAL.includes(step)) return;
  // Such a driver lends a credential as it was given, and cannot try one.
  if (run.task.pool.capabilities.lendsAsIs) return;
  const current = currentSecret(run);
  if (current && (await driver.checkCredential(run.target, current, call)) === 'refused')
    throw new StepFailure(STALE_CREDENTIAL, true);
}

function targetOf({ resource, pool }: ClaimedOperation): Target {
  const { id: resourceId, name, kind, type, generation, handle } = resource;
  const spec = pool.types.find((entry) => entry.name === type)?.spec ?? {};
  const fields = resource.fields ?? {};
  return { resourceId, pool: pool.name, name, kind, type, spec, fields, generation, handle };
}

async function verify(run: Run, driver: Driver, call: Call): Promise<StepValues['verify']> {
  const found = await driver.verify(run.target, currentSecret(run), call);
  if (!found.ok) throw new StepFailure(found.reason);
  return { details: found.details };
}

async function issue(run: Run, driver: Driver, call: Call): Promise<StepValues['issueCredential']> {
  const { operation, resource } = run.task;
  const secret = await driver.issueCredential(run.target, currentSecret(run), call);
  const sealed = run.engine.sealer.seal(aad.credential(operation.id), JSON.stringify(secret));
  return { sealed, details: foundBy(resource.kind, secret) ?? undefined };
}

/** The new credential must open the resource before it replaces the old one. */
async function prove(run: Run, driver: Driver, call: Call): Promise<null> {
  const next = run.issued && unsealed(run, run.task.operation.id, run.issued);
  if (!next || (await driver.checkCredential(run.target, next, call)) !== 'accepted')
    throw new StepFailure('The new credential is refused.');
  return null;
}

/**
 * Old credentials must be refused while the current one is accepted at the same endpoint: a silent
 * endpoint proves nothing.
 */
async function retire(run: Run, driver: Driver, call: Call): Promise<null> {
  const { target, task } = run;
  const current = currentSecret(run);
  if (!current) throw new StepFailure('There is no current credential to keep.');
  for (const { id, sealed } of task.credentials.filter(({ state }) => state !== 'current')) {
    const old = unsealed(run, id, sealed);
    await driver.retireCredential(target, old, current, call);
    if ((await driver.checkCredential(target, old, call)) === 'accepted')
      throw new StepFailure('The old credential still works.');
  }
  if ((await driver.checkCredential(target, current, call)) === 'refused')
    throw new StepFailure('The current credential is refused.');
  return null;
}

async function open(run: Run, driver: Driver, call: Call): Promise<StepValues['openAccess']> {
  const { engine, task, target } = run;
  const { reservation, allocation } = task;
  const wish = reservation?.sealedAccess
    ? (JSON.parse(
        engine.sealer.open(aad.wish(reservation.id), reservation.sealedAccess),
      ) as AccessWish)
    : {};
  const full = await withKeys(engine, driver, reservation, wish);
  const secret = await driver.openAccess(target, full, call);
  return { sealed: engine.sealer.seal(aad.access(allocation!.id), JSON.stringify(secret)) };
}

/** Adds the holder's present keys, where the driver takes keys. */
async function withKeys(
  engine: Engine,
  driver: Driver,
  reservation: Reservation | null,
  wish: AccessWish,
): Promise<AccessWish> {
  if (!reservation || !driver.capabilities.accessByKey) return wish;
  const keys = await engine.store.read.sshKeysOf(reservation.userId, MOST_KEYS);
  return keys.length === 0 ? wish : { ...wish, authorizedKeys: keys.map(({ key }) => key) };
}

function lastAccess({ engine, task: { allocation } }: Run): CredentialSecret | null {
  if (!allocation?.sealedAccess) return null;
  return JSON.parse(
    engine.sealer.open(aad.access(allocation.id), allocation.sealedAccess),
  ) as CredentialSecret;
}

function currentSecret(run: Run): CredentialSecret | null {
  const current = run.task.credentials.find(({ state }) => state === 'current');
  return current ? unsealed(run, current.id, current.sealed) : null;
}

function unsealed({ engine }: Run, id: string, sealed: string): CredentialSecret {
  return JSON.parse(engine.sealer.open(aad.credential(id), sealed)) as CredentialSecret;
}
