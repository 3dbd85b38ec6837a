import type { ResourceSnapshot } from './admin';
import type { Change, Decision } from '../change';
import { notFound } from '../errors';
import { heartbeat, leaseIsOver } from '../loans/lease';
import type { DecisionContext, Instant } from '../context';
import type { Pool } from '../pools/pool';
import type { Resource } from './resource';
import { idleExpiryOf, idleWork } from './steps';

/**
 * Is it gone, or past its idle expiry, whether or not a job has acted on that? A lent resource is
 * not idle.
 */
export function isGone(
  { status, expiresAt }: Pick<Resource, 'status' | 'expiresAt'>,
  { now, heard = now }: Instant,
): boolean {
  if (status === 'destroyed' || status === 'destroying') return true;
  return status !== 'allocated' && expiresAt !== null && expiresAt <= Math.min(now, heard);
}

/**
 * Restarts the idle expiry of a resource in a manual pool and the heartbeat of its holder. A lease
 * that is over stays over. Errors: `not_found` when the resource has expired.
 */
export function keepAlive(snapshot: ResourceSnapshot, context: DecisionContext): Decision<string> {
  const { resource, holder, pools } = snapshot;
  if (isGone(resource, context)) throw notFound('resource', resource.name);
  const pool: Pool = pools[resource.poolId]!;
  const expiresAt = idleExpiryOf(pool, context.now);
  // An operation in progress plans the next one when it completes.
  const isIdle = resource.status === 'available' && resource.operationId === null;
  const due = isIdle ? idleWork({ ...resource, expiresAt }, pool, context.now) : {};
  const extended: Change = { do: 'setResource', id: resource.id, set: { expiresAt, ...due } };
  const beats =
    holder?.status === 'active' && !leaseIsOver(holder, context)
      ? heartbeat(holder, context).changes
      : [];
  const { id: resourceId, poolId } = resource;
  const told: Change = {
    do: 'append',
    event: { type: 'resource.kept_alive', poolId, resourceId, data: { expiresAt } },
  };
  return { changes: [extended, told, ...beats], value: resource.id };
}
