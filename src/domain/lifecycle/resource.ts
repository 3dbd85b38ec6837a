import { DomainError } from '../errors';
import type { OperationKind } from './operation';
import type { Kind } from '../pools/pool';
import type { WayBack } from '../returns/way-back';

export const RESOURCE_STATUSES = [
  'provisioning',
  'dirty',
  'cleaning',
  'available',
  'spare',
  'allocated',
  'quarantined',
  'destroying',
  'destroyed',
] as const;
export type ResourceStatus = (typeof RESOURCE_STATUSES)[number];

export const ADMIN_STATES = ['in_service', 'maintenance', 'draining'] as const;
export type AdminState = (typeof ADMIN_STATES)[number];

/** The open part of a listed resource, for everybody who may see it: host, port, url. */
export type ListedFields = Readonly<Record<string, string | number>>;

export interface Resource {
  id: string;
  poolId: string;
  classId: number;
  name: string;
  /** Number within the pool; a name chosen by the server is `<pool>-<number>`. */
  number: number;
  kind: Kind;
  type: string;
  /** Given by the list in which it stands; null: it stands in none. */
  fields: ListedFields | null;
  /** The name of the list's entry of which this is one seat; null: it is no seat. */
  seatOf: string | null;
  status: ResourceStatus;
  adminState: AdminState;
  /** While it is in maintenance: when it comes back by itself, in epoch ms; null: when an admin says. */
  maintenanceUntil: number | null;
  /** The fencing number: rises when the resource is allocated and when that loan ends. */
  generation: number;
  /** Why it is quarantined or failing. */
  reason: string | null;
  /** The driver's id for it, which never changes; not a name. */
  handle: string | null;
  /** The next driver call and its due time; both null when there is nothing to do. */
  nextOperation: OperationKind | null;
  dueAt: number | null;
  /** The operation in progress, if any. */
  operationId: string | null;
  /** Consecutive failures of driver calls. */
  failures: number;
  /** The order in which available ones of a class are lent. */
  rank: number;
  /** The queued reservation that it is held for, and the item. */
  heldFor: string | null;
  heldItem: number | null;
  /** While it is held: until when it may be lent to others; null: not at all. */
  heldUntil: number | null;
  /** While it is lent: when that ends at the latest, unless it is extended; null: no end. */
  backAt: number | null;
  verifiedAt: number | null;
  rotatedAt: number | null;
  cleanedAt: number | null;
  /** When it is removed if it stays idle, in a manual pool. */
  expiresAt: number | null;
  /** Set while its credential, from a backup or an admin, has not been seen to work: since when. */
  unprovenSince: number | null;
  /** Its way from the last loan to the next, while it is on it. */
  wayBack: WayBack | null;
  /** Removing it has shrunk its pool by one; if it stays after all, the pool regains that one. */
  shrinks: boolean;
  createdAt: number;
  changedAt: number;
  destroyedAt: number | null;
}

/** The fields of a resource that is held for nobody. */
export const UNHELD = { heldFor: null, heldItem: null, heldUntil: null } as const;

/** Can this resource be lent now? */
export function isAvailable({
  status,
  adminState,
  heldFor,
}: Pick<Resource, 'status' | 'adminState' | 'heldFor'>): boolean {
  return isAvailableState({ status, adminState, held: heldFor !== null });
}

/**
 * The one definition of *available*, used by grants, lists, counts and every API; the partial index
 * of the schema agrees with it. `held`: for a queued request.
 */
export function isAvailableState({
  status,
  adminState,
  held,
}: Pick<Resource, 'status' | 'adminState'> & { held: boolean }): boolean {
  return status === 'available' && adminState === 'in_service' && !held;
}

/** Is it ready, and with nobody? Its maintenance happens in the background then. */
export function isIdle({ status }: Pick<Resource, 'status'>): boolean {
  return status === 'available' || status === 'spare';
}

export type ResourceEvent =
  | 'provisioned'
  | 'clean'
  | 'setback'
  | 'ready'
  | 'keep_back'
  | 'allocate'
  | 'end'
  | 'mark_dirty'
  | 'quarantine'
  | 'destroy'
  | 'destroyed';

/**
 * The life of a resource; no other transition is possible. `clean`: a worker has begun. `setback`:
 * it failed and will be retried. `mark_dirty`: it must not be lent as it is. `keep_back`: it is
 * ready, but its pool lends or offers as many as its size already.
 */
export const RESOURCE_STATES: Record<
  ResourceStatus,
  Partial<Record<ResourceEvent, ResourceStatus>>
> = {
  provisioning: { provisioned: 'dirty', quarantine: 'quarantined', destroy: 'destroying' },
  dirty: {
    clean: 'cleaning',
    ready: 'available',
    keep_back: 'spare',
    mark_dirty: 'dirty',
    quarantine: 'quarantined',
    destroy: 'destroying',
  },
  cleaning: {
    setback: 'dirty',
    ready: 'available',
    keep_back: 'spare',
    mark_dirty: 'dirty',
    quarantine: 'quarantined',
    destroy: 'destroying',
  },
  available: {
    allocate: 'allocated',
    keep_back: 'spare',
    mark_dirty: 'dirty',
    destroy: 'destroying',
  },
  spare: { ready: 'available', mark_dirty: 'dirty', destroy: 'destroying' },
  allocated: { end: 'dirty' },
  quarantined: {
    quarantine: 'quarantined',
    provisioned: 'dirty',
    clean: 'cleaning',
    mark_dirty: 'dirty',
    destroy: 'destroying',
    destroyed: 'destroyed',
  },
  destroying: { quarantine: 'quarantined', destroyed: 'destroyed' },
  destroyed: {},
};

/** The status after `event`. Errors: `conflict` if the table has no such transition. */
export function nextResourceStatus(status: ResourceStatus, event: ResourceEvent): ResourceStatus {
  const next = RESOURCE_STATES[status][event];
  if (!next) throw new DomainError('conflict', `A resource that is ${status} cannot ${event}.`);
  return next;
}
