import type { Pool } from '../pools/pool';
import type { Credential } from './credential';
import { firstStep, nextStep, type Step } from './operation-steps';

/** How many driver calls a resource needs after a loan before it is lent again. */
function callsAfterLoan(pool: Pool): number {
  const credential = (state: Credential['state']) => [{ state } as Credential];
  let calls = 0;
  for (let step: Step | null = firstStep(pool); step !== null; calls += 1)
    step = nextStep(step, pool, credential(step === 'proveCredential' ? 'retiring' : 'current'));
  return calls;
}

/**
 * How long after the end of a loan a resource can be lent again at the latest, in ms, if no driver
 * call fails: every call takes its deadline, and the cooldown is followed by a verification.
 */
export function turnaroundOf(pool: Pool): number {
  const { deadline, cooldown } = pool.policy.cleaning;
  const calls = callsAfterLoan(pool);
  if (calls === 0) return 0;
  return calls * deadline + (cooldown > 0 ? cooldown + deadline : 0);
}
