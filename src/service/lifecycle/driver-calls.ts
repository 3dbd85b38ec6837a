import { hasTimeToGoOn, type ClaimedOperation } from '../../domain/lifecycle/claims';
import type {
  Fault,
  IssueResult,
  OperationResult,
  StepOutcome,
} from '../../domain/lifecycle/operation-result';
import { nextStep, stepOf, type Step } from '../../domain/lifecycle/operation-steps';
import type { Evidence } from '../../domain/returns/evidence';
import { DriverError, NotYet, type Target } from '../../drivers/driver';
import { Deadline } from './deadline';
import type { Drivers } from './drivers';
import { aad, type Engine } from '../engine';
import { CALLS, refuseStale, StepFailure, type StepRun } from './step-calls';

/** A claimed operation on its way through its steps. */
interface Run extends StepRun {
  drivers: Drivers;
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
  const run: Run = { engine, drivers, task, target: targetOf(task), issued, deadline, shown: {} };
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
  const { id: operationId, attempt, requestId, traceparent } = operation;
  const began = run.engine.store.now();
  const start = performance.now();
  const shown: Evidence = {};
  const show = (evidence: Evidence) => void Object.assign(shown, evidence);
  const ended = await run.deadline
    .hold(pool.policy.cleaning.deadline, (signal) =>
      run.drivers.use(pool, async (driver) => {
        const call = {
          ...{ operationId, attempt, requestId, traceparent, memo: memoFor(run, step) },
          ...{ show, derived: pool.policy.derived, signal },
        };
        await refuseStale(run, step, driver, call);
        return { ok: true, value: await CALLS[step]({ ...run, shown }, driver, call), shown };
      }),
    )
    .catch((error: unknown) => ({ ok: false, ...faultOf(run, error) }));
  const outcome = 'scope' in ended ? ended.scope : 'ok';
  const seconds = (performance.now() - start) / 1_000;
  run.engine.onDriverCall?.({ driver: pool.driver, step, outcome, seconds });
  return { step, began, ...ended } as StepOutcome<S>;
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

function targetOf({ resource, pool }: ClaimedOperation): Target {
  const { id: resourceId, name, kind, type, generation, handle } = resource;
  const spec = pool.types.find((entry) => entry.name === type)?.spec ?? {};
  const fields = resource.fields ?? {};
  return { resourceId, pool: pool.name, name, kind, type, spec, fields, generation, handle };
}
