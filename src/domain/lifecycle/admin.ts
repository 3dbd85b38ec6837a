import type { Change, Decision } from '../change';
import { DomainError, requireVersion } from '../errors';
import { mergeUpdates } from '../merge-updates';
import { serveWith, type QueueSnapshot } from '../loans/granting';
import type { DecisionContext } from '../context';
import { poolChanged } from '../pools/pool-changes';
import { withOneMoreOrLess } from '../pools/sizing';
import type { Pool } from '../pools/pool';
import type { OperationKind } from './operation';
import { setMaintenanceEnd } from './maintenance-end';
import { cleaningStep } from './operation-steps';
import { retire } from './retirement';
import type { Reservation } from '../loans/reservation';
import { UNHELD, type AdminState, type Resource } from './resource';
import { adminStateEvent, candidateOf, detach, markDirty } from './steps';

/** A resource and the queue of its class. */
export interface ResourceSnapshot extends QueueSnapshot {
  resource: Resource;
  /** The reservation that holds it, or null. */
  holder: Reservation | null;
}

/** The terms on which a resource changes its state. */
export interface AdminTerms {
  /** The states that it may be in; null for any. */
  expected?: readonly AdminState[] | null;
  /** The reason, for the event. */
  reason?: string | null;
  /** When maintenance ends by itself, epoch ms; null: when an admin says so. */
  until?: number | null;
}

/**
 * Puts a resource into service, takes it out of service, or drains it. A current loan is never cut
 * off. A managed pool replaces a drained resource if its driver can make a new one; otherwise the
 * pool shrinks by one. If the removal is taken back, the pool regains the size it lost. Errors:
 * `precondition_failed`, `not_found`, `conflict`, `invalid`.
 */
export function setAdminState(
  snapshot: ResourceSnapshot,
  to: AdminState,
  context: DecisionContext,
  { expected = null, reason = null, until = null }: AdminTerms = {},
): Decision<string> {
  const { resource } = snapshot;
  const { id, poolId } = resource;
  requireVersion('resource', expected, resource.adminState);
  requirePresent(resource);
  if (until !== null && until <= context.now)
    throw new DomainError('invalid', 'That time has passed.', 'until');
  const told = adminStateEvent(resource, to, reason);
  if (resource.adminState === to) {
    const { changes } = setMaintenanceEnd(resource, until);
    return { changes: reason === null ? changes : [...changes, told], value: id };
  }
  const replaces = snapshot.pools[poolId]!.capabilities.provisions;
  if (to === 'draining')
    return {
      changes: replaces
        ? retire(resource, context, reason)
        : mergeUpdates([...retire(resource, context, reason), ...sizeChange(snapshot, -1)]),
      value: id,
    };
  if (isGoing(resource))
    throw new DomainError('conflict', `${resource.name} is being removed.`, 'adminState');
  const end = resource.maintenanceUntil === until ? {} : { maintenanceUntil: until };
  const changes: Change[] = [
    { do: 'setResource', id, set: { adminState: to, ...UNHELD, ...end } },
    told,
    ...(resource.shrinks ? sizeChange(snapshot, 1) : []),
  ];
  if (to === 'maintenance')
    changes.push(...detach({ ...resource, operationId: null }, context.now));
  const candidate =
    to === 'in_service' && resource.status === 'available'
      ? candidateOf({ ...resource, adminState: to }, context.now)
      : null;
  if (candidate) changes.push(...serveWith(snapshot, [candidate], context.now));
  return { changes: mergeUpdates(changes), value: id };
}

/** Cleans a resource again because an admin asked for it. Errors: `in_use` while it is lent. */
export function cleanAgain(snapshot: ResourceSnapshot, context: DecisionContext): Decision<string> {
  const { resource, pools } = snapshot;
  requirePresent(resource);
  if (resource.status === 'allocated')
    throw new DomainError('in_use', `${resource.name} is lent; it is cleaned when the loan ends.`);
  if (isGoing(resource)) throw new DomainError('conflict', `${resource.name} is being removed.`);
  if (resource.status === 'provisioning')
    throw new DomainError('conflict', `${resource.name} is ${resource.status}.`);
  // A resource that was never made has nothing to clean: try to make it now.
  if (resource.nextOperation === 'provision') return unquarantine(snapshot, context);
  return {
    changes: markDirty(
      resource,
      pools[resource.poolId]!,
      'An admin asked for it.',
      context.now,
      cleansFrom(resource, pools[resource.poolId]!),
    ),
    value: resource.id,
  };
}

/** A login of the last holder that is still to be closed is closed first: cleaning leaves it. */
function cleansFrom({ nextOperation, handle }: Resource, pool: Pool): OperationKind | undefined {
  if (nextOperation === 'closeAccess') return 'closeAccess';
  return handle === null ? undefined : cleaningStep(pool);
}

/**
 * Retries a quarantined resource at once, from the step that failed. Errors: `conflict` if it is
 * not quarantined.
 */
export function unquarantine(
  snapshot: ResourceSnapshot,
  context: DecisionContext,
): Decision<string> {
  const { resource } = snapshot;
  if (resource.status !== 'quarantined')
    throw new DomainError('conflict', `${resource.name} is not quarantined.`);
  const { id, poolId } = resource;
  const changes: Change[] = [
    { do: 'setResource', id, set: { dueAt: context.now } },
    {
      do: 'append',
      event: {
        type: 'resource.status',
        poolId,
        resourceId: id,
        data: { from: 'quarantined', to: 'quarantined', forced: true },
      },
    },
  ];
  return { changes, value: id };
}

/**
 * Removes a resource for good, and shrinks its managed pool by one. A lent resource is removed when
 * its loan ends, or is refused with `onlyIdle`. Errors: `not_found`, `in_use`.
 */
export function deleteResource(
  snapshot: ResourceSnapshot,
  context: DecisionContext,
  { onlyIdle = false } = {},
): Decision<string> {
  const { resource } = snapshot;
  if (onlyIdle && resource.status === 'allocated')
    throw new DomainError('in_use', `${resource.name} is lent.`);
  requirePresent(resource);
  if (resource.adminState === 'draining') return { changes: [], value: resource.id };
  return {
    changes: mergeUpdates([...retire(resource, context), ...sizeChange(snapshot, -1)]),
    value: resource.id,
  };
}

/**
 * Keeps a lent resource that was going to be removed when its loan ends, and restores the size of
 * its managed pool. Any other resource is left unchanged.
 */
export function undrain(snapshot: ResourceSnapshot, context: DecisionContext): Decision<string> {
  const { resource } = snapshot;
  if (resource.status !== 'allocated' || resource.adminState !== 'draining')
    return { changes: [], value: resource.id };
  const restored = setAdminState(snapshot, 'in_service', context);
  const hasGrown = restored.changes.some((change) => change.do === 'setPool');
  return {
    ...restored,
    changes: hasGrown
      ? restored.changes
      : mergeUpdates([...restored.changes, ...sizeChange(snapshot, 1)]),
  };
}

/** Changes the size of a managed pool by one resource of this type. */
function sizeChange({ resource, pools }: ResourceSnapshot, by: 1 | -1): Change[] {
  const pool = pools[resource.poolId]!;
  if (pool.sizing !== 'managed' || pool.size + by < 0) return [];
  const set = withOneMoreOrLess(pool, resource.type, by);
  return [
    { do: 'setPool', id: pool.id, set: { ...set, version: pool.version + 1 } },
    poolChanged(pool, set),
    { do: 'setResource', id: resource.id, set: { shrinks: by < 0 } },
  ];
}

/**
 * Has its removal begun, even if it failed for now? A lent resource that is draining can still be
 * kept.
 */
export function isGoing({ status, adminState }: Resource): boolean {
  return status === 'destroying' || (adminState === 'draining' && status !== 'allocated');
}

/** Errors: `not_found` if the resource is gone. */
function requirePresent(resource: Resource): void {
  if (resource.status === 'destroyed')
    throw new DomainError('not_found', `${resource.name} is gone.`);
}
