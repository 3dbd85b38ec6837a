import { describeServer, examplePools } from '../helpers/legacy';
import type { Caller } from '../helpers/server';
import { SETUP_TOKEN } from '../helpers/server';

const ADMIN = { userid: 1, password: 'user1' };
const USER = { userid: 2, password: 'user2' };
const INSTANT = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
const pools = examplePools('vms');

/** Makes a call and gives what came of it. */
type Ask = (
  method: 'get' | 'post' | 'patch' | 'delete',
  path: string,
  body?: object,
) => Promise<{ status: number; body: unknown }>;

function asking(caller: Caller): Ask {
  return async (method, path, body) => {
    const { status, body: answer } = await (body === undefined
      ? caller[method](path)
      : caller[method](path).send(body));
    return { status, body: answer as unknown };
  };
}

function vm(id: number, mappedTo: string, type: string): Record<string, unknown> {
  return {
    id,
    vm_name: `vms-${id}`,
    vm_ip: `vms-${id}.simulated.invalid`,
    vm_type: type,
    vm_Status: 'running',
    vm_map_to: mappedTo,
    date_created: INSTANT,
  };
}

const loan = (id: number, type: string) => ({
  'vm-Id': id,
  hostname: `vms-${id}`,
  'ip-address': `vms-${id}.simulated.invalid`,
  'vm type': type,
});
const user2 = { 'user-Id': 2, 'User-name': 'user2', 'user-email': 'user2@email.com' };
const stats = (total: number, free: number, maintenance: number, allocated: number) => ({
  'Pool Stats': {
    total_VM_count_in_pool: String(total),
    free_VM_in_pool: free,
    VM_under_maintenance_in_Pool: maintenance,
    allocated_VM_in_Pool: allocated,
  },
});
const idsOf = (body: unknown) =>
  Object.keys((body as { VM_details: object }).VM_details).map(Number);

/**
 * The document from top to bottom, in its order and with its bodies; `first`: what the first user
 * shows beside.
 */
async function walkThrough(ask: Ask, read: Ask, first: object): Promise<void> {
  // GET /truncate_tables
  expect(await ask('get', '/truncate_tables')).toEqual({
    status: 201,
    body: { message: 'Tables Created' },
  });
  // POST /user: the first, the second, and one marked as admin
  expect(
    await ask('post', '/user', {
      name: 'user1',
      email: 'user1@email.com',
      password: 'user1',
      ...first,
    }),
  ).toEqual({ status: 201, body: { message: 'User Created.' } });
  const second = { auth: ADMIN, name: 'user2', email: 'user2@email.com', password: 'user2' };
  expect(await ask('post', '/user', second)).toEqual({
    status: 201,
    body: { message: 'User Created.' },
  });
  expect(await ask('post', '/user', { ...second, role: 'admin' })).toEqual({
    status: 400,
    body: { message: 'User with same email already exist,User is not created.' },
  });
  // POST /create_resource_pool, and to resize it
  expect(await ask('post', '/create_resource_pool', { auth: ADMIN, pool_size: '70' })).toEqual({
    status: 201,
    body: { message: 'Resources Created.' },
  });
  expect(await read('get', '/vmpoolsize')).toEqual({ status: 200, body: { 'vm pool size': '70' } });
  expect(await read('get', '/create_resource_pool/basicstats')).toEqual({
    status: 200,
    body: stats(70, 70, 0, 0),
  });
  expect(await ask('post', '/create_resource_pool', { auth: ADMIN, pool_size: '10' })).toEqual({
    status: 201,
    body: { message: 'Pool resources recreated.' },
  });
  expect(idsOf((await read('get', '/vmdetails')).body)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  // POST /checkout_vm: this one, and any
  expect(await ask('post', '/checkout_vm', { auth: USER, vmid: 1 })).toEqual({
    status: 201,
    body: {
      message: 'VM checkout complete.',
      'VM Details': loan(1, 'small'),
      'User Details': user2,
    },
  });
  const any = await ask('post', '/checkout_vm', { auth: USER });
  expect(any).toMatchObject({
    status: 201,
    body: { message: 'VM checkout complete.', 'User Details': user2 },
  });
  const anyId = (any.body as { 'VM Details': { 'vm-Id': number } })['VM Details']['vm-Id'];
  expect(anyId).toBeGreaterThan(1);
  // POST /checkin_vm
  expect(await ask('post', '/checkin_vm', { auth: USER, vmid: 1 })).toEqual({
    status: 201,
    body: {
      message: 'VM checkin complete.',
      'VM Details': { ...loan(1, 'small'), 'VM tagged to': 'maintenance' },
    },
  });
  expect(await read('get', '/maintenance')).toEqual({
    status: 200,
    body: { Maintenance_VM_details: { 1: vm(1, 'maintenance', 'small') } },
  });
  expect(await read('get', '/create_resource_pool/basicstats')).toEqual({
    status: 200,
    body: stats(10, 8, 1, 1),
  });
  // POST /maintenance
  expect(await ask('post', '/maintenance', { auth: ADMIN, vmid: 1 })).toEqual({
    status: 201,
    body: { message: 'VM ready to use and available in pool.', 'VM Details': loan(1, 'small') },
  });
  // GET /create_resource_pool/basicstats
  expect(await read('get', '/create_resource_pool/basicstats')).toEqual({
    status: 200,
    body: stats(10, 9, 0, 1),
  });
  await reads(read, anyId);
  await changes(ask, read, anyId);
}

async function reads(read: Ask, held: number): Promise<void> {
  // GET /vmdetails/status/rUnning, /maped_to, /id, all, types, by type
  expect(idsOf((await read('get', '/vmdetails/status/rUnning')).body)).toHaveLength(10);
  expect(await read('get', '/vmdetails/status/stopped')).toEqual({
    status: 200,
    body: { VM_details: {} },
  });
  expect(idsOf((await read('get', '/vmdetails/maped_to/user2@email.com')).body)).toEqual([held]);
  expect(await read('get', '/vmdetails/id/2')).toEqual({
    status: 200,
    body: { VM_details: { 2: vm(2, 'idle', 'medium') } },
  });
  expect(await read('get', '/vmdetails/id/999')).toEqual({ status: 200, body: { VM_details: {} } });
  expect(await read('get', '/vmdetails')).toMatchObject({
    status: 200,
    body: { VM_details: { 1: vm(1, 'idle', 'small'), [held]: { vm_map_to: 'user2@email.com' } } },
  });
  expect(await read('get', '/vmdetails/types/all')).toEqual({
    status: 200,
    body: {
      VM_Types: {
        small: { cpu: '2 core', memory: '8 GB' },
        medium: { cpu: '4 core', memory: '16 GB' },
        large: { cpu: '8 core', memory: '64 GB' },
        xlarge: { cpu: '2 x 8 core', memory: '128 GB' },
      },
    },
  });
  expect(idsOf((await read('get', '/vmdetails/type/small')).body)).toEqual([1, 4, 7, 10]);
  expect(idsOf((await read('get', '/vmdetails/type/SMALL')).body)).toEqual([1, 4, 7, 10]);
  // GET /user, by id, by e-mail address
  const users = {
    1: { id: 1, name: 'user1', email: 'user1@email.com' },
    2: { id: 2, name: 'user2', email: 'user2@email.com' },
  };
  expect(await read('get', '/user')).toEqual({ status: 200, body: { User_Details: users } });
  expect(await read('get', '/user/id/1')).toEqual({
    status: 200,
    body: { User_Details: { 1: users[1] } },
  });
  expect(await read('get', '/user/email/user2@email.com')).toEqual({
    status: 200,
    body: { User_Details: { 2: users[2] } },
  });
  expect(await read('get', '/user/id/99')).toEqual({ status: 200, body: { User_Details: {} } });
  // GET /checkout_vm/user/2
  const owned = await read('get', '/checkout_vm/user/2');
  expect(owned).toMatchObject({
    status: 200,
    body: { 'VM owned by user': { [held]: { 'vm-Id': held } }, 'User Details': user2 },
  });
  expect(await read('get', `/checkout_vm/vm/${held}`)).toMatchObject({
    status: 200,
    body: { 'VM owner Details': { 'vm-Id': held }, 'User Details': user2 },
  });
  // GET /maintenance, GET /vmpoolsize
  expect(await read('get', '/maintenance')).toEqual({
    status: 200,
    body: { Maintenance_VM_details: {} },
  });
  expect(await read('get', '/vmpoolsize')).toEqual({ status: 200, body: { 'vm pool size': '10' } });
}

async function changes(ask: Ask, read: Ask, held: number): Promise<void> {
  // PATCH /user: what is held stays held
  expect(
    await ask('patch', '/user', {
      auth: USER,
      id: 2,
      name: 'user3',
      email: 'user3@email.com',
      password: 'user3',
    }),
  ).toEqual({ status: 200, body: { message: 'Update done' } });
  expect(idsOf((await read('get', '/vmdetails/maped_to/user3@email.com')).body)).toEqual([held]);
  expect(await ask('post', '/checkin_vm', { auth: USER, vmid: held })).toEqual({
    status: 401,
    body: { Message: 'Authentication or Authorization failed' },
  });
  const changed = { userid: 2, password: 'user3' };
  // DELETE /user/id/2: only when everything is back
  expect(await ask('delete', '/user/id/2', { auth: ADMIN })).toEqual({
    status: 400,
    body: { message: 'User holds a VM; check it in first.' },
  });
  expect((await ask('post', '/checkin_vm', { auth: changed, vmid: held })).status).toBe(201);
  expect((await ask('delete', '/user/id/2', { auth: ADMIN })).status).toBe(200);
  expect(await ask('post', '/checkout_vm', { auth: changed })).toEqual({
    status: 400,
    body: { message: 'Invalid user' },
  });
  expect(await read('get', '/user/id/2')).toEqual({ status: 200, body: { User_Details: {} } });
  // DELETE /vmdetails/id/5
  expect(await ask('delete', '/vmdetails/id/5', { auth: ADMIN })).toEqual({
    status: 200,
    body: { Message: 'VM deleted' },
  });
  expect(idsOf((await read('get', '/vmdetails')).body)).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
  expect(await read('get', '/vmpoolsize')).toEqual({ status: 200, body: { 'vm pool size': '9' } });
  // The other two ways to resize.
  expect(await ask('patch', '/create_resource_pool', { auth: ADMIN, pool_size: 12 })).toEqual({
    status: 200,
    body: { message: 'Pool size updated successfully' },
  });
  expect(await ask('post', '/resizevmpool', { auth: ADMIN, pool_size: '12' })).toEqual({
    status: 200,
    body: { message: 'Nothing to Update' },
  });
}

/** Numbers begin again. */
async function beginAnew(ask: Ask, read: Ask, reset: Ask, first: object): Promise<void> {
  expect(await reset('get', '/truncate_tables')).toEqual({
    status: 201,
    body: { message: 'Tables Created' },
  });
  expect(await read('get', '/vmdetails')).toEqual({ status: 200, body: { VM_details: {} } });
  expect(await read('get', '/vmpoolsize')).toEqual({ status: 200, body: { 'vm pool size': '0' } });
  expect(await read('get', '/create_resource_pool/basicstats')).toEqual({
    status: 200,
    body: stats(0, 0, 0, 0),
  });
  expect(
    (
      await ask('post', '/user', {
        name: 'again',
        email: 'user1@email.com',
        password: 'user1',
        ...first,
      })
    ).status,
  ).toBe(201);
  expect(await ask('post', '/create_resource_pool', { auth: ADMIN, pool_size: '2' })).toEqual({
    status: 201,
    body: { message: 'Resources Created.' },
  });
  expect(idsOf((await read('get', '/vmdetails')).body)).toEqual([1, 2]);
}

describeServer('the VM reservation API in open mode', { mode: 'open', pools }, (server) => {
  test('answers as its document says, from top to bottom, and again after a reset', async () => {
    const ask = asking(server().anybody);
    await walkThrough(ask, ask, {});
    await beginAnew(ask, ask, ask, {});
    await walkThrough(ask, ask, {});
  });
});

describeServer('the VM reservation API in guarded mode', { mode: 'guarded', pools }, (server) => {
  test('answers as its document says, with a credential added', async () => {
    const admin = await server().admin();
    const [ask, read] = [asking(server().anybody), asking(admin)];
    await walkThrough(ask, read, { setupToken: SETUP_TOKEN });
    await beginAnew(ask, read, asking(admin), { setupToken: SETUP_TOKEN });
  });
});
