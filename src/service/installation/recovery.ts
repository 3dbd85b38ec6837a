import { recover, voidClaims } from '../../domain/lifecycle/recovery';
import { contextOf, type Engine } from '../engine';
import { everyResource } from './every-resource';

/** Claims voided in one transaction: a few milliseconds' worth. */
const BATCH = 500;

/**
 * Voids the claims of dead workers: all whose names begin with `worker`. Other workers then repeat
 * the operations. Returns how many claims it voided.
 */
export async function voidClaimsOf(engine: Engine, worker: string): Promise<number> {
  for (let total = 0; ;) {
    const found = await engine.store.transact(
      { load: 'claims', worker, limit: BATCH },
      (claims, now) => voidClaims(claims, contextOf(engine, now)),
    );
    total += found;
    if (found < BATCH) return total;
  }
}

/**
 * Runs before the first process lends anything: takes up interrupted operations, and has every
 * unheld resource verified or cleaned as its pool asks. Its transactions are short, and it may be
 * interrupted and run again. Returns how many resources it looked at.
 */
export async function recoverAll(engine: Engine): Promise<number> {
  const claims = await voidClaimsOf(engine, '');
  return claims + (await everyResource(engine, 'startup', recover));
}
