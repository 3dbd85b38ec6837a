import type { Pool } from '../../domain/pools/pool';
import { isAvailable, type Resource } from '../../domain/lifecycle/resource';

/** This API's name for the holder or the state of a VM. */
export type VmState = 'idle' | 'held' | 'maintenance';

/** Statuses of a VM that has left the pool. */
const GONE: Resource['status'][] = ['destroying', 'destroyed'];

/** Is the VM part of the pool? One that is lent stays so until it comes back. */
export function isInPool({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return !GONE.includes(status) && (adminState !== 'draining' || status === 'allocated');
}

/** A VM that nobody has and that cannot be checked out is in maintenance, whatever keeps it there. */
export function stateOf(resource: Resource): VmState {
  if (resource.status === 'allocated') return 'held';
  return isAvailable(resource) ? 'idle' : 'maintenance';
}

/** How long a checkout lasts: until check-in where the pool allows it, otherwise its maximum. */
export function checkoutLength({ policy: { lease } }: Pool): { duration?: number | null } {
  if (lease.openEnded) return { duration: null };
  return lease.maximum === null ? {} : { duration: lease.maximum };
}
