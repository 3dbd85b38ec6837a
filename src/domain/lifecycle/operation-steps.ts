import type { Credential } from './credential';
import type { Operation, OperationKind, OperationStep } from './operation';
import type { Pool } from '../pools/pool';

/**
 * An operation is a list of steps, each of them one driver call. A cleaning is the long one: clean,
 * issueCredential, proveCredential, retireCredential, as far as the pool asks for it. Every other
 * step is an operation by itself (docs/decisions/004).
 */
export type Step = OperationKind | 'proveCredential';

/** The step at which an operation stands. */
export function stepOf({ kind, step }: Pick<Operation, 'kind' | 'step'>): Step {
  return kind === 'issueCredential' && step === 'prove' ? 'proveCredential' : kind;
}

/** How the row of an operation says that it stands at this step. */
export function rowAt(step: Step): { kind: OperationKind; step: OperationStep } {
  return step === 'proveCredential'
    ? { kind: 'issueCredential', step: 'prove' }
    : { kind: step, step: 'call' };
}

/** The first step after a loan; null where a holder leaves nothing behind. */
export function firstStep(pool: Pool): OperationKind | null {
  const { opensAccess, leavesNothing, rotates, staticCredential } = pool.capabilities;
  if (opensAccess) return 'closeAccess';
  if (!leavesNothing) return 'clean';
  return rotates && staticCredential && pool.policy.rotation.afterLease ? 'issueCredential' : null;
}

/**
 * The step after `done`, with the credentials as `done` left them; null when nothing is left to do.
 * Both the worker and the completion of its operation decide by this.
 */
export function nextStep(done: Step, pool: Pool, credentials: readonly Credential[]): Step | null {
  const { rotates, staticCredential } = pool.capabilities;
  const hasCurrent = credentials.some(({ state }) => state === 'current');
  // An abandoned rotation left one that may still work: only another rotation proves it dead.
  const hasStale = credentials.some(({ state }) => state !== 'current');
  switch (done) {
    case 'provision':
      if (hasCurrent) return 'clean';
      return rotates && staticCredential ? 'issueCredential' : 'verify';
    case 'closeAccess':
      return 'clean';
    case 'clean':
      return rotates &&
        staticCredential &&
        (pool.policy.rotation.afterLease || !hasCurrent || hasStale)
        ? 'issueCredential'
        : 'verify';
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

/**
 * Does `next` belong to the same operation as the step before it? Steps that make, prove or retire
 * a credential continue under the same id; any other step begins a new operation.
 */
export function continuesOperation(next: Step): boolean {
  return next === 'issueCredential' || next === 'proveCredential' || next === 'retireCredential';
}

/**
 * May reporting this operation make its resource ready to be lent? If not, no queue has to be
 * loaded for it: another step always follows, or nobody can be served.
 */
export function mayMakeReady(
  { id, kind }: Pick<Operation, 'id' | 'kind'>,
  credentials: readonly Credential[],
): boolean {
  if (kind === 'verify' || kind === 'retireCredential') return true;
  // A cleaning may be reported together with a first credential, which replaces none.
  return (
    (kind === 'issueCredential' || kind === 'clean') &&
    credentials.every((credential) => credential.id === id)
  );
}
