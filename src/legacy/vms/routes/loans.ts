import { z } from 'zod';
import type { Borrower } from '../people';
import { vmServices } from '../services';
import { route, type Answer, type Route } from '../../../http/route';
import type { VmCallers } from '../callers';
import { inventoryOf, loan, loanOf, type Vm } from '../inventory';
import { checkIn, checkOut } from '../loans';
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
  withAuth,
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
const checkOutBody = z
  .looseObject({ auth, vmid: wholeNumber.nullish() })
  .optional()
  .meta(withAuth({ vmid: 1 }));
const oneVm = z.looseObject({ auth, vmid: wholeNumber }).meta(withAuth({ vmid: '1' }));

const TAKEN = says(400, 'VM not available for use,Please select another VM.');
const NOT_OPENED = says(503, 'VM could not be prepared, please retry.');
const NOT_OWNER = says(401, 'Unauthorized! Only the owner can check in the VM.');
const NOT_ALONE = says(
  400,
  'VM is part of a larger reservation, which is to be released as a whole.',
);

/** Checkout and check-in. */
export function loanRoutes(callers: VmCallers): Route[] {
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
      operationId: 'vmsCheckOut',
      summary: 'Borrow a given VM or any',
      body: checkOutBody,
      answers: {
        201: { description: 'You hold the VM.', body: checkedOut },
        503: sentence('The VM could not be prepared.'),
        ...refusals,
      },
      errors: ['unauthenticated', 'invalid', 'over_maximum'],
      handle: async ({ services, body, principal, context }) => {
        const number = body?.vmid ?? null;
        const wanted = number === null ? null : await inventoryOf(services).find(number);
        if (number !== null && !wanted) return INVALID_VM;
        return checkOut(vmServices(services), principal, wanted, context).then(
          checkoutAnswer,
          instead({ unavailable_now: TAKEN, unsatisfiable: TAKEN, not_found: TAKEN }),
        );
      },
    }),
    route({
      ...common,
      path: '/checkin_vm',
      whenFull: true,
      operationId: 'vmsCheckIn',
      summary: 'Give a VM back; it goes into maintenance',
      body: oneVm,
      answers: { 201: { description: 'The VM is in maintenance.', body: checkedIn }, ...refusals },
      errors: ['not_found'],
      handle: async ({ services, body: { vmid }, principal }) => {
        const vm = await inventoryOf(services).find(vmid);
        return vm
          ? checkinAnswer(vm, await checkIn(vmServices(services), principal, vm))
          : INVALID_VM;
      },
    }),
  ];
}

function checkoutAnswer(checkout: Awaited<ReturnType<typeof checkOut>>): Answer {
  if (checkout === 'no_pool') return TAKEN;
  if (checkout === 'not_opened') return NOT_OPENED;
  return {
    status: 201,
    body: {
      message: 'VM checkout complete.',
      'VM Details': loanOf(checkout.held),
      'User Details': borrowerOf(checkout.borrower),
    },
  };
}

function checkinAnswer(vm: Vm, outcome: Awaited<ReturnType<typeof checkIn>>): Answer {
  if (outcome === 'not_owner') return NOT_OWNER;
  if (outcome === 'not_alone') return NOT_ALONE;
  return {
    status: 201,
    body: {
      message: 'VM checkin complete.',
      'VM Details': { ...loanOf(vm), 'VM tagged to': 'maintenance' },
    },
  };
}

/** A user in the form that this API shows beside their VMs. */
export function borrowerOf({ user, number }: Borrower): z.output<typeof borrowerBody> {
  return { 'user-Id': number, 'User-name': user.name, 'user-email': user.email };
}
