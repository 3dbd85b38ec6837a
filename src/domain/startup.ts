import type { Change, Decision } from './change';
import type { Moment } from './moment';
import type { Pool } from './pool';
import type { Resource } from './resource';
import { soil } from './upkeep';

/** Some resources that nobody holds, as the last process left them. */
export interface StartupSnapshot {
  resources: Resource[];
  pools: Record<string, Pool>;
}

/**
 * What a first process does with resources that nobody holds before it lends anything: an operation that was cut off
 * is taken up at once; what was ready is verified, cleaned, or trusted, as the pool says. Lent ones are left alone.
 */
export function recover(snapshot: StartupSnapshot, moment: Moment): Decision<number> {
  const changes = snapshot.resources.flatMap((resource) => recoverOne(resource, snapshot.pools[resource.poolId]!, moment));
  return { changes, value: snapshot.resources.length };
}

function recoverOne(resource: Resource, pool: Pool, moment: Moment): Change[] {
  if (resource.status === 'allocated' || resource.status === 'destroyed') return [];
  if (resource.status !== 'available') return resource.operationId ? [{ do: 'setResource', id: resource.id, set: { dueAt: moment.now } }] : [];
  const { onStart } = pool.policy.cleaning;
  if (resource.operationId) return soil(resource, pool, 'Its verification was cut off.', moment.now, 'clean');
  if (onStart === 'nothing') return [];
  return soil(resource, pool, 'Holdfast was started.', moment.now, onStart === 'clean' ? 'clean' : 'verify');
}
