import { DomainError } from '../errors';
import type { OperationKind } from './operation';
import type { Kind } from '../pools/pool';

export const RESOURCE_STATUSES = [
  'provisioning',
  'dirty',
  'cleaning',
  'available',
  'allocated',
  'quarantined',
  'destroying',
  'destroyed',
] as const;
export type ResourceStatus = (typeof RESOURCE_STATUSES)[number];

export const ADMIN_STATES = ['in_service', 'maintenance', 'draining'] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

export interface Resource {
  id: string;
  poolId: string;
  classId: number;
  name: string;
  /** Number within the pool; `name` is `<pool>-<number>` where the server chose it. */
  number: number;
  kind: Kind;
  type: string;
  status: ResourceStatus;
  adminState: AdminState;
  /** The fencing number: rises when it is allocated and when that ends. */
  generation: number;
  /** Why it is where it is, for quarantined and failing ones. */
  reason: string | null;
  /** The driver's own name for it: an immutable id, never a name that can be reused. */
  handle: string | null;
  /** The next driver call it needs, and when; both null when there is nothing to do. */
  nextOperation: OperationKind | null;
  dueAt: number | null;
  /** The operation under way, if one is. */
  operationId: string | null;
  /** Failures of driver calls in a row. */
  failures: number;
  /** The order in which available ones of a line are lent. */
  rank: number;
  /** The waiting reservation for which it is kept, and the item of it. */
  heldFor: string | null;
  heldItem: number | null;
  verifiedAt: number | null;
  rotatedAt: number | null;
  cleanedAt: number | null;
  /** When an idle one of a manual pool is removed. */
  expiresAt: number | null;
  /** Since when its credential is what a backup or an admin says, and has not been seen to work. */
  unprovenSince: number | null;
  /**
   * Its removal has made its pool one smaller: if it stays after all, the pool is one larger again.
   */
  shrinks: boolean;
  createdAt: number;
  changedAt: number;
  destroyedAt: number | null;
}

/**
 * The one predicate of *available*, used by grants, lists and every API; the schema's partial index
 * says the same.
 */
export function isAvailable(
  resource: Pick<Resource, 'status' | 'adminState' | 'heldFor'>,
): boolean {
  return (
    resource.status === 'available' &&
    resource.adminState === 'in_service' &&
    resource.heldFor === null
  );
}

export type ResourceEvent =
  | 'provisioned'
  | 'clean'
  | 'setback'
  | 'ready'
  | 'allocate'
  | 'end'
  | 'mark_dirty'
  | 'quarantine'
  | 'destroy'
  | 'destroyed';

/**
 * The life of a resource; any transition that is missing is impossible. `clean`: a worker has
 * begun. `setback`: it failed and will be tried again. `mark_dirty`: it may not be lent as it is.
 */
export const RESOURCE_STATES: Record<
  ResourceStatus,
  Partial<Record<ResourceEvent, ResourceStatus>>
> = {
  provisioning: { provisioned: 'dirty', quarantine: 'quarantined', destroy: 'destroying' },
  dirty: {
    clean: 'cleaning',
    ready: 'available',
    mark_dirty: 'dirty',
    quarantine: 'quarantined',
    destroy: 'destroying',
  },
  cleaning: {
    setback: 'dirty',
    ready: 'available',
    mark_dirty: 'dirty',
    quarantine: 'quarantined',
    destroy: 'destroying',
  },
  available: { allocate: 'allocated', mark_dirty: 'dirty', destroy: 'destroying' },
  allocated: { end: 'dirty' },
  quarantined: {
    provisioned: 'dirty',
    clean: 'cleaning',
    mark_dirty: 'dirty',
    destroy: 'destroying',
    destroyed: 'destroyed',
  },
  destroying: { quarantine: 'quarantined', destroyed: 'destroyed' },
  destroyed: {},
};

/** The status after `event`, or a `conflict` where the table has none. */
export function nextResourceStatus(status: ResourceStatus, event: ResourceEvent): ResourceStatus {
  const next = RESOURCE_STATES[status][event];
  if (!next) throw new DomainError('conflict', `A resource that is ${status} cannot ${event}.`);
  return next;
}

/**
 * The resource with some fields changed. Written out: V8 loses sight of what a spread object looks
 * like at its next full collection, and from then on takes ever more ways to look at one.
 */
export function changed(resource: Resource, set: Partial<Resource>): Resource {
  const {
    id,
    poolId,
    classId,
    name,
    number,
    kind,
    type,
    status,
    adminState,
    generation,
    reason,
    handle,
    nextOperation,
    dueAt,
    operationId,
    failures,
    rank,
    heldFor,
    heldItem,
    verifiedAt,
    rotatedAt,
    cleanedAt,
    expiresAt,
    unprovenSince,
    shrinks,
    createdAt,
    changedAt,
    destroyedAt,
  } = resource;
  return Object.assign(
    {
      id,
      poolId,
      classId,
      name,
      number,
      kind,
      type,
      status,
      adminState,
      generation,
      reason,
      handle,
      nextOperation,
      dueAt,
      operationId,
      failures,
      rank,
      heldFor,
      heldItem,
      verifiedAt,
      rotatedAt,
      cleanedAt,
      expiresAt,
      unprovenSince,
      shrinks,
      createdAt,
      changedAt,
      destroyedAt,
    },
    set,
  );
}
