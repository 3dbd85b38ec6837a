import type { ResourceSnapshot } from './admin';
import type { Change, Decision } from '../change';
import { notFound } from '../errors';
import { heartbeat, leaseIsOver } from '../loans/lease';
import type { DecisionContext } from '../context';
import type { Pool } from '../pools/pool';
import type { Resource } from './resource';
import { idleExpiryOf, idleWork } from './steps';

/** Is it gone, or past the time at which an idle one goes, whether or not a job has run? */
export function isGone(resource: Pick<Resource, 'status' | 'expiresAt'>, now: number): boolean {
  return (
    resource.status === 'destroyed' ||
    resource.status === 'destroying' ||
    (resource.expiresAt !== null && resource.expiresAt <= now)
  );
}

/**
 * Keeps a resource of a manual pool from idle expiry, and the lease of its holder alive: both begin
 * anew. A lease that is over stays so. Errors: `not_found` when its time is over.
 */
export function keepAlive(snapshot: ResourceSnapshot, context: DecisionContext): Decision<string> {
  const { resource, holder, pools } = snapshot;
  if (isGone(resource, context.now)) throw notFound('resource', resource.name);
  const pool: Pool = pools[resource.poolId]!;
  const expiresAt = idleExpiryOf(pool, context.now);
  // An operation under way plans the next one when it is completed.
  const isIdle = resource.status === 'available' && resource.operationId === null;
  const due = isIdle ? idleWork({ ...resource, expiresAt }, pool, context.now) : {};
  const kept: Change = { do: 'setResource', id: resource.id, set: { expiresAt, ...due } };
  const beats =
    holder?.status === 'active' && !leaseIsOver(holder, context.now)
      ? heartbeat(holder, context.now).changes
      : [];
  return { changes: [kept, ...beats], value: resource.id };
}
