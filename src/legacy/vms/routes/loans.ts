import { z } from 'zod';
import type { Pool } from '../../../domain/pools/pool';
import type { Principal } from '../../../domain/people/user';
import type { CallContext } from '../../../service/loans/reservations';
import type { Borrower } from '../people';
import type { VmServices } from '../services';
import { until } from '../../../service/wait-until';
import { VM_PATIENCE } from '../vm-pool';
import { route, type Answer, type Route } from '../../../http/route';
import type { VmCallers } from '../callers';
import { Inventory, loan, loanOf, type Vm } from '../inventory';
import {
  auth,
  instead,
  INVALID_VM,
  query,
  refusals,
  says,
  sentence,
  wholeNumber,
  formatError,
} from '../responses';

export const borrowerBody = z.object({
  'user-Id': z.number().int().nullable(),
  'User-name': z.string(),
  'user-email': z.string().nullable(),
});
const checkedOut = z.object({
  message: z.string(),
  'VM Details': loan,
  'User Details': borrowerBody,
});
const checkedIn = z.object({
  message: z.string(),
  'VM Details': loan.extend({ 'VM tagged to': z.string() }),
});
const checkOutBody = z.looseObject({ auth, vmid: wholeNumber.nullish() }).optional();
const oneVm = z.looseObject({ auth, vmid: wholeNumber });

const TAKEN = says(400, 'VM not available for use,Please select another VM.');
const NOT_OPENED = says(503, 'VM could not be prepared, please retry.');
const NOT_OWNER = says(401, 'Unauthorized! Only the owner can check in the VM.');
const NOT_ALONE = says(
  400,
  'VM is part of a larger reservation, which is to be released as a whole.',
);

/** Checkout and check-in. */
export function loanRoutes(services: VmServices, callers: VmCallers): Route[] {
  const inventory = new Inventory(services);
  const common = {
    method: 'post',
    access: 'reserve',
    authenticate: callers.borrower,
    formatError,
    query,
  } as const;
  return [
    route({
      ...common,
      path: '/checkout_vm',
      summary: 'VM reservation: borrow a VM, this one or any',
      body: checkOutBody,
      answers: {
        201: { description: 'It is yours.', body: checkedOut },
        503: sentence('It could not be prepared.'),
        ...refusals,
      },
      errors: ['invalid', 'over_maximum'],
      handle: async ({ body, principal, context }) => {
        const number = body?.vmid ?? null;
        const wanted = number === null ? null : await inventory.find(number);
        if (number !== null && !wanted) return INVALID_VM;
        return checkOut(services, principal, wanted, context).catch(
          instead({ unavailable_now: TAKEN, unsatisfiable: TAKEN, not_found: TAKEN }),
        );
      },
    }),
    route({
      ...common,
      path: '/checkin_vm',
      summary: 'VM reservation: give a VM back, to maintenance',
      body: oneVm,
      answers: { 201: { description: 'It is in maintenance.', body: checkedIn }, ...refusals },
      errors: ['not_found'],
      handle: async ({ body: { vmid }, principal }) => {
        const vm = await inventory.find(vmid);
        return vm ? checkIn(services, principal, vm) : INVALID_VM;
      },
    }),
  ];
}

async function checkOut(
  services: VmServices,
  principal: Principal,
  wanted: Vm | null,
  context: CallContext,
): Promise<Answer> {
  const { engine, reservations, vmPeople, vmPool } = services;
  const { read } = engine.store;
  const pool = await vmPool.find();
  if (!pool) return TAKEN;
  const items = wanted
    ? [{ resource: wanted.resource.id, count: 1 }]
    : [{ pool: pool.name, count: 1 }];
  const request = {
    items,
    ...lengthIn(pool),
    queueTimeout: 0,
    onRelease: 'maintenance',
    via: 'vms',
  } as const;
  const id = await reservations.request(
    principal,
    { ...request, items },
    { ...context, once: null },
  );
  await until(
    engine.store,
    async () => (await read.reservation(id))?.status !== 'preparing',
    VM_PATIENCE,
  );
  const [held] = await read.holdings(id);
  if ((await read.reservation(id))?.status !== 'active' || !held) {
    await reservations.release(principal, id);
    return NOT_OPENED;
  }
  const borrower = (await vmPeople.borrower(principal.userId))!;
  return {
    status: 201,
    body: {
      message: 'VM checkout complete.',
      'VM Details': loanOf(held),
      'User Details': borrowerOf(borrower),
    },
  };
}

/** A checkout lasts until check-in, where the pool's policy has it so. */
function lengthIn({ policy: { lease } }: Pool): { duration?: number | null } {
  if (lease.openEnded) return { duration: null };
  return lease.maximum === null ? {} : { duration: lease.maximum };
}

async function checkIn(services: VmServices, principal: Principal, vm: Vm): Promise<Answer> {
  const { engine, reservations } = services;
  const { holder } = (await engine.store.read.resource(vm.resource.id)) ?? {};
  if (holder?.userId !== principal.userId) return NOT_OWNER;
  if ((await engine.store.read.holdings(holder.reservationId)).length > 1) return NOT_ALONE;
  await reservations.release(principal, holder.reservationId);
  return {
    status: 201,
    body: {
      message: 'VM checkin complete.',
      'VM Details': { ...loanOf(vm), 'VM tagged to': 'maintenance' },
    },
  };
}

/** A user as they are shown beside what they hold. */
export function borrowerOf({ user, number }: Borrower): z.output<typeof borrowerBody> {
  return { 'user-Id': number, 'User-name': user.name, 'user-email': user.email };
}
