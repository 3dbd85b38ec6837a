import { z } from 'zod';
import { vmServices } from '../services';
import { route, type Answer, type Route } from '../../../http/route';
import type { VmCallers } from '../callers';
import { detailsOf, inventoryOf, mapTo, powerOf, vmDetails, type Vm } from '../inventory';
import {
  deletion,
  instead,
  INVALID_VM,
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

/** The inventory: public, except for the holders of VMs. */
export function detailsRoutes(callers: VmCallers): Route[] {
  const read = { ...lookUp, access: 'public', authenticate: callers.anybody, answers } as const;
  const show = (vms: Vm[], seesHolders: boolean): Answer => ({
    status: 200,
    body: { VM_details: detailsOf(vms, seesHolders) },
  });
  return [
    route({
      ...read,
      path,
      summary: 'VM reservation: list all VMs',
      handle: async ({ services, principal }) =>
        show(await inventoryOf(services).list(), callers.seesHolders(principal)),
    }),
    route({
      ...read,
      path: `${path}/id/{n}`,
      summary: 'VM reservation: show a VM by id',
      params,
      handle: async ({ services, params: { n }, principal }) => {
        const vm = await inventoryOf(services).find(n);
        return show(vm ? [vm] : [], callers.seesHolders(principal));
      },
    }),
    route({
      ...read,
      path: `${path}/status/{status}`,
      summary: 'VM reservation: list VMs by power state',
      params: z.object({ status: text }),
      handle: async ({ services, params: { status }, principal }) =>
        show(
          (await inventoryOf(services).list()).filter((vm) => same(powerOf(vm), status)),
          callers.seesHolders(principal),
        ),
    }),
    route({
      ...read,
      path: `${path}/type/{type}`,
      summary: 'VM reservation: list VMs by type',
      params: z.object({ type: text }),
      handle: async ({ services, params: { type }, principal }) =>
        show(
          (await inventoryOf(services).list()).filter((vm) => same(vm.resource.type, type)),
          callers.seesHolders(principal),
        ),
    }),
    route({
      ...read,
      access: 'read',
      authenticate: callers.reader,
      path: `${path}/maped_to/{user}`,
      summary: 'VM reservation: list the VMs of a user, by e-mail address',
      params: z.object({ user: text }),
      handle: async ({ services, params: { user } }) =>
        show(
          (await inventoryOf(services).list()).filter((vm) => same(mapTo(vm, true), user)),
          true,
        ),
    }),
    ...typeAndDeletion(callers),
  ];
}

function typeAndDeletion(callers: VmCallers): Route[] {
  return [
    route({
      ...lookUp,
      path: `${path}/types/all`,
      summary: 'VM reservation: list the types of VMs',
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
      summary: 'VM reservation: delete a VM that nobody uses; this shrinks the pool by one',
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
