import { latestAllocationId } from '../loans/allocation';
import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { mergeUpdates } from '../merge-updates';
import type { Pool } from '../pools/pool';
import type { Resource } from './resource';
import { wayBackFrom } from '../returns/way-back';
import { markDirty, supersede } from './steps';

/**
 * Handles a restore from a backup. The world has moved on since the backup: a resource that it
 * lists as free may have been lent, one that it lists as lent may have been returned, and secrets
 * may have been replaced.
 */

/** The reason with which reservations of the backup end. */
export const RESTORED = 'restored from a backup';
const NOTE = 'Restored from a backup.';

/**
 * Generations are raised by more than any resource can have gained between the backup and the
 * restore, so that everything fenced from now on is above everything fenced then.
 */
export const GENERATION_STEP = 1_000_000;

/** A page of the resources in a restored database, in order of id. */
export interface RestoredSnapshot {
  resources: Resource[];
  pools: Record<string, Pool>;
}

/**
 * Marks the available resources of a backup dirty, so that none is granted while reservations end.
 */
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
 * Invalidates resources of a backup: raises their generations, voids their operations, and has each
 * one fully cleaned and verified before it is lent. No reservation may hold them any more. The
 * value is their number.
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
  const wayBack = wayBackFrom('restore', now);
  return mergeUpdates([
    { do: 'setAllocation', id: latestAllocationId(resource), set: { sealedAccess: null } },
    ...(isUnfinished(resource) ? takeUp(resource, now) : markDirty(resource, pool, NOTE, now)),
    { do: 'setResource', id, set: { generation, failures: 0, unprovenSince: now, wayBack } },
    {
      do: 'append',
      event: { type: 'resource.restored', poolId, resourceId: id, data: { generation } },
    },
  ]);
}

/** Is it being made or removed? It continues with that, and cannot be lent meanwhile. */
function isUnfinished({ status, nextOperation, handle }: Resource): boolean {
  if (status === 'quarantined')
    return handle === null || nextOperation === 'provision' || nextOperation === 'destroy';
  return status === 'provisioning' || status === 'destroying';
}

function takeUp({ id, operationId }: Resource, now: number): Change[] {
  const due: Change = { do: 'setResource', id, set: { operationId: null, dueAt: now } };
  return operationId ? [due, supersede(operationId, now)] : [due];
}
