import { firstStep } from '../lifecycle/operation-steps';
import type { Pool } from '../pools/pool';
import { isBelow, type Level } from './level';

/** The parts of a pool on which its returns depend. */
type ProvingPool = Pick<Pool, 'capabilities' | 'policy'>;

/** The highest level that returns of this pool can reach: that of its driver, under its policy. */
export function reachOf(pool: ProvingPool): Level {
  const { proves = 'R0', rotates, staticCredential } = pool.capabilities;
  if (proves === 'R4') return 'R4';
  const keepsLogin = staticCredential && rotates && !pool.policy.rotation.afterLease;
  if (keepsLogin || firstStep(pool) === null) return 'R0';
  return pool.policy.derived === 'acceptUntilExpiry' && isBelow('R1', proves) ? 'R1' : proves;
}

/** The level below which a resource of this pool is not lent again. */
export function neededLevel(pool: ProvingPool): Level {
  return pool.policy.minProof ?? reachOf(pool);
}
