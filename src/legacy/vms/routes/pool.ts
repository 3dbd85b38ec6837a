import { z } from 'zod';
import type { Services } from '../../../service/services';
import { vmServices } from '../services';
import type { VmPool } from '../vm-pool';
import { route, type Answer, type Call, type Route } from '../../../http/route';
import { refuseHead } from '../../gate';
import type { VmCallers } from '../callers';
import {
  auth,
  instead,
  noErrors,
  query,
  refusals,
  refused,
  says,
  sentence,
  wholeNumber,
  formatError,
  withAuth,
} from '../responses';

const LARGEST = 1_000_000;
const sizeBody = z
  .looseObject({
    auth,
    pool_size: wholeNumber.refine((size) => size <= LARGEST, {
      error: `must be ${LARGEST} at most`,
    }),
  })
  .meta(withAuth({ pool_size: '3' }));
type Resizing = Pick<Call<never, never, z.output<typeof sizeBody>>, 'services' | 'body'>;

const count = z.number().int();
const stats = z.object({
  'Pool Stats': z.object({
    total_VM_count_in_pool: z.string(),
    free_VM_in_pool: count,
    VM_under_maintenance_in_Pool: count,
    allocated_VM_in_Pool: count,
  }),
});

const CREATED = says(201, 'Resources Created.');
const RECREATED = says(201, 'Pool resources recreated.');
const RESIZED = says(200, 'Pool size updated successfully');
const NOTHING = says(200, 'Nothing to Update');
const CLEARED = says(201, 'Tables Created');
const STILL_GOING = says(503, 'VMs are still being removed, please retry.');
const REFUSALS = instead({
  in_use: says(400, 'Cannot resize as , currently in used VM > expected pool resize value'),
  not_found: says(400, 'There is no VM pool on this server.'),
  unsupported: says(400, 'This pool cannot be resized.'),
  conflict: says(400, 'This pool cannot be resized now.'),
});

function poolOf(services: Services): VmPool {
  return vmServices(services).vmPool;
}

/** The routes about the pool as a whole. */
export function poolRoutes(callers: VmCallers): Route[] {
  const resizing = {
    access: 'admin',
    authenticate: callers.admin,
    formatError,
    query,
    body: sizeBody,
    errors: noErrors,
  } as const;
  const resize = {
    ...resizing,
    answers: { 200: sentence('The pool has this size.'), ...refusals },
    handle: ({ services, body }: Resizing) =>
      poolOf(services)
        .resize(body.pool_size)
        .then(({ changed }) => (changed ? RESIZED : NOTHING), REFUSALS),
  };
  return [
    route({
      ...resizing,
      method: 'post',
      path: '/create_resource_pool',
      operationId: 'vmsFillPool',
      summary: 'Fill the pool, or resize it; VMs that are checked out stay',
      answers: { 201: sentence('The pool has this size.'), ...refusals },
      handle: ({ services, body }) =>
        poolOf(services)
          .resize(body.pool_size)
          .then(({ first }) => (first ? CREATED : RECREATED), REFUSALS),
    }),
    route({
      ...resize,
      method: 'patch',
      path: '/create_resource_pool',
      operationId: 'vmsUpdatePool',
      summary: 'Resize the pool',
    }),
    route({
      ...resize,
      method: 'post',
      path: '/resizevmpool',
      operationId: 'vmsResizePool',
      summary: 'Resize the pool',
    }),
    ...figures(callers),
    clearing(callers),
  ];
}

function figures(callers: VmCallers): Route[] {
  const read = {
    method: 'get',
    access: 'public',
    authenticate: callers.anybody,
    formatError,
    query,
    errors: noErrors,
  } as const;
  return [
    route({
      ...read,
      path: '/vmpoolsize',
      operationId: 'vmsGetPoolSize',
      summary: 'Count the VMs',
      answers: {
        200: { description: 'The count, as text.', body: z.object({ 'vm pool size': z.string() }) },
      },
      handle: async ({ services }) => ({
        status: 200,
        body: { 'vm pool size': String((await poolOf(services).figures()).total) },
      }),
    }),
    route({
      ...read,
      path: '/create_resource_pool/basicstats',
      operationId: 'vmsGetPoolStats',
      summary: 'Count free, held and maintained VMs',
      answers: { 200: { description: 'The counts.', body: stats } },
      handle: async ({ services }) => {
        const { total, free, held } = await poolOf(services).figures();
        const body = {
          total_VM_count_in_pool: String(total),
          free_VM_in_pool: free,
          VM_under_maintenance_in_Pool: total - free - held,
          allocated_VM_in_Pool: held,
        };
        return { status: 200, body: { 'Pool Stats': body } };
      },
    }),
  ];
}

/**
 * A GET that deletes: guarded mode requires an admin, unless this API has made nothing that the
 * call would delete.
 */
function clearing(callers: VmCallers): Route {
  return route({
    method: 'get',
    path: '/truncate_tables',
    changes: true,
    operationId: 'vmsStartOver',
    summary: "Start over: end this API's checkouts, empty its pool, delete its users",
    access: 'public',
    authenticate: (request, services) => {
      refuseHead(request);
      return callers.anybody(request, services);
    },
    formatError,
    query,
    answers: {
      201: sentence('Nothing is left.'),
      401: refusals[401],
      503: sentence('VMs are still being removed.'),
    },
    errors: ['unauthenticated'],
    handle: async ({ services, principal }): Promise<Answer> => {
      const vmPool = poolOf(services);
      if (await callers.mayClear(services, principal))
        return (await vmPool.clear()) ? CLEARED : STILL_GOING;
      if (!(await vmPool.isUntouched())) throw refused();
      return CLEARED;
    },
  });
}
