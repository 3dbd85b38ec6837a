import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import type { Operation } from './operation';
import type { Pool } from '../pools/pool';
import { cleaningStep } from './operation-steps';
import type { Resource } from './resource';
import { markDirty } from './steps';

/** A page of available resources, as the last process left them. */
export interface StartupSnapshot {
  resources: Resource[];
  pools: Record<string, Pool>;
}

/** An operation that a worker left unfinished, with its resource. */
export interface LeftClaim {
  operation: Operation;
  resource: Resource;
}

/**
 * Voids the claims of workers that are known to be dead, so that their operations are due at once.
 * The next claim repeats an operation under the same id, as its next attempt (`begin` in claims.ts).
 * A driver finds by that id whatever the last attempt made, and adopts or removes it
 * (drivers/driver.ts).
 */
export function voidClaims(claims: LeftClaim[], { now }: DecisionContext): Decision<number> {
  const changes = claims.flatMap(({ operation, resource }): Change[] => [
    { do: 'setOperation', id: operation.id, set: { claimedBy: null, claimedUntil: 0 } },
    { do: 'setResource', id: resource.id, set: { dueAt: now } },
  ]);
  return { changes, value: claims.length };
}

/**
 * Prepares available resources before the first process lends any: each is verified, cleaned, or
 * trusted, as its pool demands. A resource whose verification was cut off is cleaned. `voidClaims`
 * handles the operations that were in progress.
 */
export function recover(snapshot: StartupSnapshot, context: DecisionContext): Decision<number> {
  const changes = snapshot.resources.flatMap((resource) =>
    recoverOne(resource, snapshot.pools[resource.poolId]!, context),
  );
  return { changes, value: snapshot.resources.length };
}

function recoverOne(resource: Resource, pool: Pool, context: DecisionContext): Change[] {
  const { onStart } = pool.policy.cleaning;
  const fromCleaning = cleaningStep(pool);
  if (resource.operationId)
    return markDirty(resource, pool, 'Its verification was cut off.', context.now, fromCleaning);
  if (onStart === 'nothing') return [];
  return markDirty(
    resource,
    pool,
    'Holdfast was started.',
    context.now,
    onStart === 'clean' ? fromCleaning : 'verify',
  );
}
