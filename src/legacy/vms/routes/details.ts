import { z } from 'zod';
import { vmServices } from '../services';
import { route, type Answer, type Call, type Route } from '../../../http/route';
import { linkToMore, sharedBody } from '../../shared';
import type { VmCallers } from '../callers';
import { detailsOf, inventoryOf, mapTo, powerOf, vmDetails, type Vm } from '../inventory';
import {
  deletion,
  instead,
  INVALID_VM,
  listQuery,
  lookUp,
  params,
  refusals,
  says,
  saysCapital,
  sentence,
} from '../responses';

const path = '/vmdetails';
const text = z.string().max(320);
const spec = z.record(z.string(), z.union([z.string(), z.number()]));
const answers = {
  200: { description: 'VMs by id.', body: z.object({ VM_details: vmDetails }) },
  ...refusals,
};

const DELETED = saysCapital(200, 'VM deleted');
const IN_USE = saysCapital(401, 'Cannot delete VM which is use.');

/** The inventory: for those who may read. */
export function detailsRoutes(callers: VmCallers): Route[] {
  const read = { ...lookUp, access: 'read', authenticate: callers.reader, answers } as const;
  const list = { ...read, query: listQuery };
  return [
    route({
      ...list,
      path,
      operationId: 'vmsListVms',
      summary: 'List all VMs',
      handle: (call) => show(call, path),
    }),
    route({
      ...read,
      path: `${path}/id/{n}`,
      operationId: 'vmsGetVm',
      summary: 'Show a VM by id',
      params,
      handle: async ({ services, params: { n } }) => {
        const vm = await inventoryOf(services).find(n);
        const body = { VM_details: detailsOf(vm ? [vm] : []) };
        return { status: 200, body };
      },
    }),
    route({
      ...list,
      path: `${path}/status/{status}`,
      operationId: 'vmsListVmsByState',
      summary: 'List VMs by power state',
      params: z.object({ status: text }),
      handle: (call) =>
        show(call, `${path}/status/${encodeURIComponent(call.params.status)}`, (vm) =>
          same(powerOf(vm), call.params.status),
        ),
    }),
    route({
      ...list,
      path: `${path}/type/{type}`,
      operationId: 'vmsListVmsByType',
      summary: 'List VMs by type',
      params: z.object({ type: text }),
      handle: (call) =>
        show(call, `${path}/type/${encodeURIComponent(call.params.type)}`, (vm) =>
          same(vm.resource.type, call.params.type),
        ),
    }),
    route({
      ...list,
      path: `${path}/maped_to/{user}`,
      operationId: 'vmsListVmsOfUser',
      summary: 'List the VMs of a user, by e-mail address',
      params: z.object({ user: text }),
      handle: (call) =>
        show(call, `${path}/maped_to/${encodeURIComponent(call.params.user)}`, (vm) =>
          same(mapTo(vm), call.params.user),
        ),
    }),
    ...typeAndDeletion(callers),
  ];
}

type Listing = Pick<Call<unknown, { after?: number }, never>, 'services' | 'query'>;

/** The VMs that fit, out of one page of them; `here` is the path of the list. */
async function show(
  { services, query: { after } }: Listing,
  here: string,
  fits: (vm: Vm) => boolean = () => true,
): Promise<Answer> {
  const list = await inventoryOf(services).list(after);
  const body = sharedBody(list, here.toLowerCase(), () => ({
    VM_details: detailsOf(list.vms.filter(fits)),
  }));
  return { status: 200, body, headers: linkToMore(here, list.after), shared: true };
}

function typeAndDeletion(callers: VmCallers): Route[] {
  return [
    route({
      ...lookUp,
      path: `${path}/types/all`,
      operationId: 'vmsListTypes',
      summary: 'List the types of VMs',
      access: 'public',
      authenticate: callers.anybody,
      answers: {
        200: {
          description: 'The types, with their properties.',
          body: z.object({ VM_Types: z.record(z.string(), spec) }),
        },
      },
      handle: async ({ services }) => {
        const pool = await vmServices(services).vmPool.find();
        return {
          status: 200,
          body: {
            VM_Types: Object.fromEntries((pool?.types ?? []).map((type) => [type.name, type.spec])),
          },
        };
      },
    }),
    route({
      ...deletion,
      path: `${path}/id/{n}`,
      operationId: 'vmsDeleteVm',
      summary: 'Delete a VM that nobody uses; this shrinks the pool by one',
      authenticate: callers.admin,
      answers: { 200: sentence('The VM was deleted.'), ...refusals },
      errors: ['not_found'],
      handle: async ({ services, params: { n } }) => {
        const vm = await inventoryOf(services).find(n);
        if (!vm) return INVALID_VM;
        return services.resources.delete(vm.resource.id, { onlyIdle: true }).then(
          () => DELETED,
          instead({
            in_use: IN_USE,
            not_found: INVALID_VM,
            conflict: says(400, 'VM cannot be deleted now.'),
          }),
        );
      },
    }),
  ];
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
