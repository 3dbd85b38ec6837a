import type { ResourceSnapshot } from './admin';
import type { Change, Decision } from './change';
import { notFound } from './errors';
import { heartbeat, leaseIsOver } from './lease';
import type { Moment } from './moment';
import type { Pool } from './pool';
import type { Resource } from './resource';
import { idleExpiryOf, idleWork } from './upkeep';

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
export function keepAlive(snapshot: ResourceSnapshot, moment: Moment): Decision<string> {
  const { resource, holder, pools } = snapshot;
  if (isGone(resource, moment.now)) throw notFound('resource', resource.name);
  const pool: Pool = pools[resource.poolId]!;
  const expiresAt = idleExpiryOf(pool, moment.now);
  // What is under way tells when it is done what comes next.
  const isIdle = resource.status === 'available' && resource.operationId === null;
  const due = isIdle ? idleWork({ ...resource, expiresAt }, pool, moment.now) : {};
  const kept: Change = { do: 'setResource', id: resource.id, set: { expiresAt, ...due } };
  const beats =
    holder?.status === 'active' && !leaseIsOver(holder, moment.now)
      ? heartbeat(holder, moment.now).changes
      : [];
  return { changes: [kept, ...beats], value: resource.id };
}
