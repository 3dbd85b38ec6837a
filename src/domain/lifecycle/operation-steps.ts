import type { Credential } from './credential';
import type { Operation, OperationKind, OperationStep } from './operation';
import type { Pool } from '../pools/pool';

/**
 * An operation is a list of steps, each of them one driver call. A cleaning has the most: clean,
 * issueCredential, proveCredential, retireCredential, as far as the pool asks for them. Every other
 * step is an operation by itself (docs/decisions/004).
 */
export type Step = OperationKind | 'proveCredential';

/** The current step of an operation. */
export function stepOf({ kind, step }: Pick<Operation, 'kind' | 'step'>): Step {
  return kind === 'issueCredential' && step === 'prove' ? 'proveCredential' : kind;
}

/** The columns of an operation that stand for this step. */
export function rowAt(step: Step): { kind: OperationKind; step: OperationStep } {
  return step === 'proveCredential'
    ? { kind: 'issueCredential', step: 'prove' }
    : { kind: step, step: 'call' };
}

/** The step that makes a resource fit to be lent: a verification alone where nothing is cleaned. */
export function cleaningStep({ capabilities }: Pick<Pool, 'capabilities'>): 'clean' | 'verify' {
  return capabilities.lendsAsIs ? 'verify' : 'clean';
}

/** The first step after a loan; null if holders leave nothing behind. */
export function firstStep(pool: Pick<Pool, 'capabilities' | 'policy'>): OperationKind | null {
  const { opensAccess, replaces, leavesNothing, rotates, staticCredential } = pool.capabilities;
  if (opensAccess && !replaces) return 'closeAccess';
  if (!leavesNothing || opensAccess) return cleaningStep(pool);
  return rotates && staticCredential && pool.policy.rotation.afterLease ? 'issueCredential' : null;
}

/**
 * The step after `done`, given the credentials as `done` left them; null when none is left. Both
 * the worker and the completion of its operation use this.
 */
export function nextStep(done: Step, pool: Pool, credentials: readonly Credential[]): Step | null {
  const { rotates, staticCredential, replaces } = pool.capabilities;
  const hasCurrent = credentials.some(({ state }) => state === 'current');
  // An abandoned rotation leaves one that may still work; only another rotation proves it dead.
  const hasStale = credentials.some(({ state }) => state !== 'current');
  switch (done) {
    case 'provision':
      if (hasCurrent) return cleaningStep(pool);
      return rotates && staticCredential ? 'issueCredential' : 'verify';
    case 'closeAccess':
      return cleaningStep(pool);
    case 'clean':
      return rotates &&
        staticCredential &&
        (pool.policy.rotation.afterLease || !hasCurrent || hasStale)
        ? 'issueCredential'
        : afterCleaning(replaces);
    case 'issueCredential':
      return 'proveCredential';
    case 'proveCredential':
      return credentials.some(({ state }) => state === 'retiring') ? 'retireCredential' : null;
    case 'openAccess':
    case 'retireCredential':
    case 'verify':
    case 'destroy':
      return null;
  }
}

/** The step after a cleaning that no rotation follows; a replacement has been proven already. */
function afterCleaning(replaces: boolean): Step | null {
  return replaces ? null : 'verify';
}

/**
 * Does `next` continue the operation of the step before it? A step that makes, proves or retires a
 * credential keeps the same id; any other begins a new operation.
 */
export function continuesOperation(next: Step): boolean {
  return next === 'issueCredential' || next === 'proveCredential' || next === 'retireCredential';
}

/**
 * May this operation's report make its resource available? If not, no queue needs to be loaded:
 * either another step always follows, or nobody can be served.
 */
export function mayMakeReady(
  { id, kind }: Pick<Operation, 'id' | 'kind'>,
  credentials: readonly Credential[],
): boolean {
  if (kind === 'verify' || kind === 'retireCredential') return true;
  // A cleaning may be reported together with a first credential, one that replaces no other.
  return (
    (kind === 'issueCredential' || kind === 'clean') &&
    credentials.every((credential) => credential.id === id)
  );
}
