import type { Change } from '../change';
import type { DecisionContext } from '../context';
import { UNHELD, type Resource } from '../lifecycle/resource';
import { idleExpiryOf } from '../lifecycle/steps';
import type { Pool, ResourceClass } from './pool';

/**
 * The server's name for the resource with this number in a pool. A resource of another pool may
 * have that name already.
 */
export function nameOf(pool: Pick<Pool, 'name'>, number: number): string {
  return `${pool.name}-${number}`;
}

/** A resource that is yet to be made or adopted by the pool's driver. */
export function newResource(
  pool: Pool,
  resourceClass: ResourceClass,
  number: number,
  context: DecisionContext,
  name = nameOf(pool, number),
): Resource {
  const { now } = context;
  const never = {
    verifiedAt: null,
    rotatedAt: null,
    cleanedAt: null,
    destroyedAt: null,
    unprovenSince: null,
    maintenanceUntil: null,
    wayBack: null,
    reason: null,
    handle: null,
    operationId: null,
  };
  const free = {
    ...UNHELD,
    backAt: null,
    generation: 0,
    failures: 0,
    rank: number,
    shrinks: false,
  };
  return {
    id: context.newId(),
    poolId: pool.id,
    classId: resourceClass.id,
    name,
    number,
    kind: pool.kind,
    type: resourceClass.type,
    fields: null,
    seatOf: null,
    status: 'provisioning',
    adminState: 'in_service',
    ...never,
    ...free,
    nextOperation: 'provision',
    dueAt: now,
    expiresAt: idleExpiryOf(pool, now),
    createdAt: now,
    changedAt: now,
  };
}

/** The changes that bring a new resource in. */
export function createResource(resource: Resource): Change[] {
  const { id: resourceId, poolId, name, type } = resource;
  return [
    { do: 'createResource', resource },
    { do: 'append', event: { type: 'resource.created', poolId, resourceId, data: { name, type } } },
  ];
}
