import type { Pool } from '../../domain/pools/pool';
import { isAvailable, type Resource } from '../../domain/lifecycle/resource';

/** The three states of a VM that this API knows. */
export type VmState = 'idle' | 'held' | 'maintenance';

/** Statuses of a VM that has left the pool. */
const GONE: Resource['status'][] = ['destroying', 'destroyed'];

/** Is the VM part of the pool? A lent one is until it comes back. */
export function isInPool({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return !GONE.includes(status) && (adminState !== 'draining' || status === 'allocated');
}

/** A VM that nobody holds and that cannot be checked out is in maintenance, for whatever reason. */
export function stateOf(resource: Resource): VmState {
  if (resource.status === 'allocated') return 'held';
  return isAvailable(resource) ? 'idle' : 'maintenance';
}

/**
 * How long a checkout lasts: until check-in if the pool allows it, otherwise the pool's maximum.
 */
export function checkoutLength({ policy: { lease } }: Pool): { duration?: number | null } {
  if (lease.openEnded) return { duration: null };
  return lease.maximum === null ? {} : { duration: lease.maximum };
}
