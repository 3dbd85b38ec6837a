import { latestAllocationId } from '../loans/allocation';
import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { mergeUpdates } from '../merge-updates';
import type { Pool } from '../pools/pool';
import type { Resource } from './resource';
import { markDirty, supersede } from './steps';

/**
 * After a restore from a backup. The world has gone on since: a resource that the backup calls free
 * may have had holders, one that it calls lent may be back, and its secrets may have been replaced.
 */

/** Why reservations of the backup end. */
export const RESTORED = 'restored from a backup';
const NOTE = 'Restored from a backup.';

/**
 * Generations are raised by more than any resource can have gained between the backup and the
 * restore: whatever was fenced then is below everything that is fenced from now on.
 */
export const GENERATION_STEP = 1_000_000;

/** Resources of one restored database, in order of id. */
export interface RestoredSnapshot {
  resources: Resource[];
  pools: Record<string, Pool>;
}

/** Makes available resources of a backup dirty, so that none is granted while reservations end. */
export function withdraw(
  { resources, pools }: RestoredSnapshot,
  { now }: DecisionContext,
): Decision<number> {
  return {
    changes: resources.flatMap((resource) =>
      markDirty(resource, pools[resource.poolId]!, NOTE, now),
    ),
    value: resources.length,
  };
}

/**
 * Takes resources of a backup back: their generations are raised, their operations void, and each
 * goes its whole way of cleaning and verifying before anybody gets it. The value is how many there
 * were. Nobody may hold them any more.
 */
export function invalidateRestored(
  snapshot: RestoredSnapshot,
  context: DecisionContext,
): Decision<number> {
  const changes = snapshot.resources.flatMap((resource) =>
    invalidateOne(resource, snapshot.pools[resource.poolId]!, context),
  );
  return { changes, value: snapshot.resources.length };
}

function invalidateOne(resource: Resource, pool: Pool, { now }: DecisionContext): Change[] {
  if (resource.status === 'destroyed') return [];
  const { id, poolId } = resource;
  const generation = resource.generation + GENERATION_STEP;
  return mergeUpdates([
    { do: 'setAllocation', id: latestAllocationId(resource), set: { sealedAccess: null } },
    ...(isUnfinished(resource) ? takeUp(resource, now) : markDirty(resource, pool, NOTE, now)),
    { do: 'setResource', id, set: { generation, failures: 0, unprovenSince: now } },
    {
      do: 'append',
      event: { type: 'resource.restored', poolId, resourceId: id, data: { generation } },
    },
  ]);
}

/** Is it not there yet, or on its way out? It goes on with that, and cannot be lent meanwhile. */
function isUnfinished({ status, nextOperation, handle }: Resource): boolean {
  if (status === 'quarantined')
    return handle === null || nextOperation === 'provision' || nextOperation === 'destroy';
  return status === 'provisioning' || status === 'destroying';
}

function takeUp({ id, operationId }: Resource, now: number): Change[] {
  const due: Change = { do: 'setResource', id, set: { operationId: null, dueAt: now } };
  return operationId ? [due, supersede(operationId, now)] : [due];
}
