import { z } from 'zod';
import { vmServices } from '../services';
import { bringBack } from '../loans';
import { route, type Route } from '../../../http/route';
import type { VmCallers } from '../callers';
import { byNumber, detailsOf, inventoryOf, loan, loanOf, vmDetails } from '../inventory';
import { borrowerBody, borrowerOf } from './loans';
import { linkToMore, sharedBody } from '../../shared';
import {
  auth,
  INVALID_VM,
  listQuery,
  noErrors,
  params,
  query,
  refusals,
  says,
  sentence,
  wholeNumber,
  formatError,
  withAuth,
} from '../responses';

const nothing = z.object({}).strict();
const ready = z.object({ message: z.string(), 'VM Details': loan });
const ofUser = z.object({
  'VM owned by user': z.record(z.string(), loan),
  'User Details': z.union([borrowerBody, nothing]),
});
const ofVm = z.object({
  'VM owner Details': z.union([loan, nothing]),
  'User Details': z.union([borrowerBody, nothing]),
});

const NOT_IN_MAINTENANCE = says(401, 'Unauthorized! The VM is not under maintenance.');
const STILL_CLEANING = says(503, 'VM is still being cleaned, please retry.');

/** A VM that was given back stays in maintenance until an admin asks for its cleaning. */
export function maintenanceRoutes(callers: VmCallers): Route[] {
  return [
    route({
      method: 'post',
      path: '/maintenance',
      operationId: 'vmsFinishMaintenance',
      summary: 'Clean a VM and bring it back to the pool',
      access: 'admin',
      authenticate: callers.admin,
      formatError,
      query,
      body: z.looseObject({ auth, vmid: wholeNumber }).meta(withAuth({ vmid: 1 })),
      answers: {
        201: { description: 'The VM can be checked out.', body: ready },
        503: sentence('The VM is in service, but still being cleaned.'),
        ...refusals,
      },
      errors: ['not_found', 'conflict'],
      handle: async ({ services, body: { vmid }, context }) => {
        const inventory = inventoryOf(services);
        const vm = await inventory.find(vmid);
        if (!vm) return INVALID_VM;
        if (vm.state !== 'maintenance') return NOT_IN_MAINTENANCE;
        if (!(await bringBack(vmServices(services), inventory, vm, context))) return STILL_CLEANING;
        const message = 'VM ready to use and available in pool.';
        return { status: 201, body: { message, 'VM Details': loanOf(vm) } };
      },
    }),
    route({
      method: 'get',
      path: '/maintenance',
      operationId: 'vmsListMaintenance',
      summary: 'List the VMs in maintenance',
      access: 'read',
      authenticate: callers.reader,
      formatError,
      query: listQuery,
      answers: {
        200: { description: 'VMs by id.', body: z.object({ Maintenance_VM_details: vmDetails }) },
        ...refusals,
      },
      errors: [],
      handle: async ({ services, query: { after } }) => {
        const list = await inventoryOf(services).list(after);
        const body = sharedBody(list, 'maintenance', () => ({
          Maintenance_VM_details: detailsOf(
            list.vms.filter(({ state }) => state === 'maintenance'),
          ),
        }));
        const headers = linkToMore('/maintenance', list.after);
        return { status: 200, body, headers, shared: true };
      },
    }),
    ...holderRoutes(callers),
  ];
}

function holderRoutes(callers: VmCallers): Route[] {
  const read = {
    method: 'get',
    access: 'read',
    authenticate: callers.reader,
    formatError,
    params,
    query,
    errors: noErrors,
  } as const;
  return [
    route({
      ...read,
      path: '/checkout_vm/user/{n}',
      operationId: 'vmsListVmsOfHolder',
      summary: 'List the VMs that a user holds',
      answers: {
        200: { description: 'The VMs by id, and the user.', body: ofUser },
        ...refusals,
      },
      handle: async ({ services, params: { n } }) => {
        const found = await vmServices(services).vmPeople.find(n);
        if (!found) return { status: 200, body: { 'VM owned by user': {}, 'User Details': {} } };
        const holder = { user: found.user, number: n };
        return {
          status: 200,
          body: {
            'VM owned by user': byNumber(await inventoryOf(services).heldBy(holder), loanOf),
            'User Details': borrowerOf(holder),
          },
        };
      },
    }),
    route({
      ...read,
      path: '/checkout_vm/vm/{n}',
      operationId: 'vmsGetHolder',
      summary: 'Show the holder of a VM',
      answers: {
        200: {
          description: 'The VM and its holder; both are empty if nobody holds it.',
          body: ofVm,
        },
        ...refusals,
      },
      handle: async ({ services, params: { n } }) => {
        const vm = await inventoryOf(services).find(n);
        if (!vm?.holder)
          return { status: 200, body: { 'VM owner Details': {}, 'User Details': {} } };
        return {
          status: 200,
          body: { 'VM owner Details': loanOf(vm), 'User Details': borrowerOf(vm.holder) },
        };
      },
    }),
  ];
}
