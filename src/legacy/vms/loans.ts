import type { Principal } from '../../domain/people/user';
import type { CallContext } from '../../service/loans/reservations';
import { until } from '../../service/wait-until';
import type { HeldResource } from '../../store/reads';
import type { Inventory, Vm } from './inventory';
import type { Borrower } from './people';
import type { VmServices } from './services';
import { VM_PATIENCE } from './vm-pool';
import { checkoutLength } from './vm-rules';

/** A VM that has been checked out, and its borrower. */
export interface Checkout {
  held: HeldResource;
  borrower: Borrower;
}

/**
 * Checks out a VM, or (null) any of the pool, and waits until it is ready. `no_pool`: the server
 * has no pool for this API; `not_opened`: the VM could not be made ready and was given back.
 * Errors: those of a submission.
 */
export async function checkOut(
  { authentication, engine, reservations, vmPeople, vmPool }: VmServices,
  principal: Principal,
  wanted: Vm | null,
  context: CallContext,
): Promise<Checkout | 'no_pool' | 'not_opened'> {
  const { read } = engine.store;
  const pool = await vmPool.find();
  if (!pool) return 'no_pool';
  const item = wanted ? { resource: wanted.resource.id } : { pool: pool.name };
  const request = {
    items: [{ ...item, count: 1 }],
    ...checkoutLength(pool),
    queueTimeout: 0,
    onRelease: 'maintenance' as const,
    via: 'vms' as const,
  };
  const id = await reservations.submitForId(principal, request, {
    ...context,
    idempotencyKey: null,
  });
  const statusNow = async () => (await read.reservation(id))?.status;
  await until(engine.store, async () => (await statusNow()) !== 'preparing', VM_PATIENCE);
  await authentication.recheck(principal);
  const [held] = await read.holdings(id);
  if ((await statusNow()) !== 'active' || !held) {
    await reservations.release(principal, id);
    return 'not_opened';
  }
  return { held, borrower: (await vmPeople.borrower(principal.userId))! };
}

/**
 * Gives a VM back. `not_owner`: the caller does not hold it; `not_alone`: it belongs to a
 * reservation of several VMs, which can only end as a whole.
 */
export async function checkIn(
  { engine, reservations }: VmServices,
  principal: Principal,
  vm: Vm,
): Promise<'done' | 'not_owner' | 'not_alone'> {
  const { read } = engine.store;
  const { holder } = (await read.resource(vm.resource.id)) ?? {};
  if (holder?.userId !== principal.userId) return 'not_owner';
  if ((await read.holdings(holder.reservationId)).length > 1) return 'not_alone';
  await reservations.release(principal, holder.reservationId);
  return 'done';
}

/**
 * Brings a VM back from maintenance and waits until it is clean; false if that takes too long.
 * Errors: `conflict`, `not_found`.
 */
export async function bringBack(
  { engine, resources }: VmServices,
  inventory: Inventory,
  { resource }: Vm,
  context: CallContext,
): Promise<boolean> {
  if (resource.adminState === 'maintenance')
    await resources.setAdminState(resource.id, 'in_service');
  if (resource.status === 'quarantined')
    await resources.unquarantine(resource.id, { ...context, idempotencyKey: null });
  const isBack = async () => (await inventory.find(resource.number))?.state !== 'maintenance';
  return until(engine.store, isBack, VM_PATIENCE);
}
