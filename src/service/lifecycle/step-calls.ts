import { MOST_KEYS } from '../../domain/people/user';
import type { ClaimedOperation } from '../../domain/lifecycle/claims';
import { STALE_CREDENTIAL } from '../../domain/lifecycle/failure';
import type { StepValues } from '../../domain/lifecycle/operation-result';
import type { Step } from '../../domain/lifecycle/operation-steps';
import type { AccessWish, Reservation } from '../../domain/loans/reservation';
import type { Evidence, LoginRefused } from '../../domain/returns/evidence';
import { isRefusal, LEAST_REFUSALS } from '../../domain/returns/level';
import type { Call, CredentialSecret, Driver, Target } from '../../drivers/driver';
import { aad, type Engine } from '../engine';
import { foundBy } from './token-value';

/** A claimed operation at one of its steps. */
export interface StepRun {
  engine: Engine;
  task: ClaimedOperation;
  target: Target;
  /** The evidence that the driver has shown in this step so far. */
  shown: Evidence;
  /** The sealed new credential that is still to be proven, if there is one. */
  issued: string | undefined;
}

/** The driver answered in time, and its answer means that the step failed. */
export class StepFailure extends Error {
  constructor(
    readonly reason: string,
    readonly hopeless = false,
  ) {
    super(reason);
  }
}

/** The driver call of each step. Errors: of the driver; StepFailure. */
export const CALLS: {
  [S in Step]: (run: StepRun, driver: Driver, call: Call) => Promise<StepValues[S]>;
} = {
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

/**
 * Tries a credential that came from a backup or an admin before any step relies on it. Errors:
 * StepFailure if it is refused.
 */
export async function refuseStale(
  run: StepRun,
  step: Step,
  driver: Driver,
  call: Call,
): Promise<void> {
  if (run.task.resource.unprovenSince === null || !RELY_ON_CREDENTIAL.includes(step)) return;
  // Such a driver lends a credential as it was given, and cannot try one.
  if (run.task.pool.capabilities.lendsAsIs) return;
  const current = currentSecret(run);
  if (current && (await driver.checkCredential(run.target, current, call)) === 'refused')
    throw new StepFailure(STALE_CREDENTIAL, true);
}

async function verify(run: StepRun, driver: Driver, call: Call): Promise<StepValues['verify']> {
  const found = await driver.verify(run.target, currentSecret(run), call);
  if (!found.ok) throw new StepFailure(found.reason);
  return { details: found.details };
}

async function issue(
  run: StepRun,
  driver: Driver,
  call: Call,
): Promise<StepValues['issueCredential']> {
  const { operation, resource } = run.task;
  const secret = await driver.issueCredential(run.target, currentSecret(run), call);
  const sealed = run.engine.sealer.seal(aad.credential(operation.id), JSON.stringify(secret));
  return { sealed, details: foundBy(resource.kind, secret) ?? undefined };
}

/** The new credential must open the resource before it replaces the old one. */
async function prove(run: StepRun, driver: Driver, call: Call): Promise<null> {
  const next = run.issued && unsealed(run, run.task.operation.id, run.issued);
  if (!next || (await driver.checkCredential(run.target, next, call)) !== 'accepted')
    throw new StepFailure('The new credential is refused.');
  return null;
}

/**
 * Old credentials must be refused while the current one is accepted at the same endpoint: a silent
 * endpoint proves nothing. Any of them may be the one that was lent.
 */
async function retire(run: StepRun, driver: Driver, call: Call): Promise<null> {
  const current = currentSecret(run);
  if (!current) throw new StepFailure('There is no current credential to keep.');
  for (const { id, sealed } of run.task.credentials.filter(({ state }) => state !== 'current')) {
    const old = unsealed(run, id, sealed);
    const before = run.shown.refused;
    await driver.retireCredential(run.target, old, current, call);
    const { refused } = run.shown;
    const isShown = refused !== undefined && refused !== before && isRefusal(refused);
    // A driver that has shown it itself is asked once more, as a check of it.
    const seen = await seeRefused(
      run,
      driver,
      { old, current, times: isShown ? 1 : LEAST_REFUSALS },
      call,
    );
    if (!isShown) call.show({ refused: seen });
  }
  return null;
}

interface Tried {
  old: CredentialSecret;
  current: CredentialSecret;
  times: number;
}

/** Tries both in turns. Errors: StepFailure if the old one is accepted, or the current one is not. */
async function seeRefused(
  { engine, target, task }: StepRun,
  driver: Driver,
  { old, current, times }: Tried,
  call: Call,
): Promise<LoginRefused> {
  const since = engine.store.now();
  for (let time = 0; time < times; time += 1) {
    if ((await driver.checkCredential(target, old, call)) === 'accepted')
      throw new StepFailure('The old credential still works.');
    if ((await driver.checkCredential(target, current, call)) === 'refused')
      throw new StepFailure('The current credential is refused.');
  }
  const endpoint = `${task.pool.driver}: ${target.name}`;
  return { endpoint, times, since, until: engine.store.now(), accepted: times };
}

async function open(run: StepRun, driver: Driver, call: Call): Promise<StepValues['openAccess']> {
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

function lastAccess({ engine, task: { allocation } }: StepRun): CredentialSecret | null {
  if (!allocation?.sealedAccess) return null;
  return JSON.parse(
    engine.sealer.open(aad.access(allocation.id), allocation.sealedAccess),
  ) as CredentialSecret;
}

function currentSecret(run: StepRun): CredentialSecret | null {
  const current = run.task.credentials.find(({ state }) => state === 'current');
  return current ? unsealed(run, current.id, current.sealed) : null;
}

function unsealed({ engine }: StepRun, id: string, sealed: string): CredentialSecret {
  return JSON.parse(engine.sealer.open(aad.credential(id), sealed)) as CredentialSecret;
}
