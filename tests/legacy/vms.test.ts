import {
  describeServer,
  examplePools,
  expectRefused,
  INTRUSIONS,
  LegacyServer,
} from '../helpers/legacy';
import { SETUP_TOKEN, type Caller } from '../helpers/server';

const ADMIN = { userid: 1, password: 'user1' };
const USER = { userid: 2, password: 'user2' };
const NOT_AUTHORIZED = { Message: 'Authentication or Authorization failed' };
const TAKEN = { message: 'VM not available for use,Please select another VM.' };
const pools = examplePools('vms');

type Method = 'get' | 'post' | 'patch' | 'delete';

/** Two users, an admin and another, and five VMs. */
async function furnish(server: LegacyServer): Promise<void> {
  const { anybody } = server;
  await anybody
    .post('/user')
    .send({ name: 'user1', email: 'user1@email.com', password: 'user1', setupToken: SETUP_TOKEN })
    .expect(201);
  await anybody
    .post('/user')
    .send({ auth: ADMIN, name: 'user2', email: 'user2@email.com', password: 'user2' })
    .expect(201);
  await anybody.post('/create_resource_pool').send({ auth: ADMIN, pool_size: 5 }).expect(201);
}

async function checkOut(caller: Caller, vmid?: number, auth: object = USER): Promise<number> {
  const { status, body } = await caller
    .post('/checkout_vm')
    .send({ auth, ...(vmid === undefined ? {} : { vmid }) });
  expect({ status, body }).toMatchObject({ status: 201 });
  return (body as { 'VM Details': { 'vm-Id': number } })['VM Details']['vm-Id'];
}

/** Every call that wants a credential, with a body that is right but for that. */
const CLOSED: [Method, string, object?][] = [
  ['post', '/user', { name: 'x', email: 'x@email.com', password: 'x' }],
  ['patch', '/user', { id: 2, name: 'x' }],
  ['delete', '/user/id/2', {}],
  ['post', '/create_resource_pool', { pool_size: '2' }],
  ['patch', '/create_resource_pool', { pool_size: '2' }],
  ['post', '/resizevmpool', { pool_size: '2' }],
  ['post', '/checkout_vm', { vmid: 1 }],
  ['post', '/checkout_vm', {}],
  ['post', '/checkin_vm', { vmid: 1 }],
  ['post', '/maintenance', { vmid: 1 }],
  ['delete', '/vmdetails/id/3', {}],
];

/** Reads of what is personal. */
const PERSONAL: string[] = [
  '/user',
  '/user/id/1',
  '/user/email/user1@email.com',
  '/vmdetails/maped_to/user2@email.com',
  '/checkout_vm/user/2',
  '/checkout_vm/vm/1',
];

/** The inventory, of which guarded mode shows nothing without a credential. */
const INVENTORY: string[] = [
  '/vmdetails',
  '/vmdetails/id/1',
  '/vmdetails/status/running',
  '/vmdetails/type/small',
  '/maintenance',
];

const COUNTS: string[] = [
  '/vmdetails/types/all',
  '/vmpoolsize',
  '/create_resource_pool/basicstats',
];

function send(caller: Caller, method: Method, path: string, body?: object) {
  return body === undefined ? caller[method](path) : caller[method](path).send(body);
}

/**
 * Calls with something wrong, and the API's answer; where it is not given, a sentence. As user 1,
 * the admin.
 */
const WRONG: [string, Method, string, object, number, object?][] = [
  [
    'a role that there is not',
    'post',
    '/user',
    { name: 'x', email: 'x@email.com', password: 'x', role: 'king' },
    400,
  ],
  ['no name', 'post', '/user', { email: 'x@email.com', password: 'x' }, 400],
  ['no e-mail address', 'post', '/user', { name: 'x', email: 'not one', password: 'x' }, 400],
  ['no password', 'post', '/user', { name: 'x', email: 'x@email.com' }, 400],
  [
    'a taken address',
    'post',
    '/user',
    { name: 'x', email: 'USER2@email.com', password: 'x' },
    400,
    { message: 'User with same email already exist,User is not created.' },
  ],
  ['a change of nobody', 'patch', '/user', { id: 99, name: 'x' }, 400, { message: 'Invalid user' }],
  ['a change of what is no number', 'patch', '/user', { id: 'two', name: 'x' }, 400],
  ['a change without id', 'patch', '/user', { name: 'x' }, 400],
  ['a change to a taken address', 'patch', '/user', { id: 1, email: 'user2@email.com' }, 400],
  ['the last admin steps down', 'patch', '/user', { id: 1, role: 'user' }, 400],
  [
    'the deletion of oneself',
    'delete',
    '/user/id/1',
    {},
    400,
    { message: 'User self delete not allowed' },
  ],
  ['the deletion of nobody', 'delete', '/user/id/99', {}, 400, { message: 'Invalid user' }],
  ['the deletion of what is no number', 'delete', '/user/id/x', {}, 400],
  ...['/create_resource_pool', '/resizevmpool'].flatMap((path) =>
    [
      '-1',
      '0',
      0,
      -3,
      1.5,
      'many',
      '',
      null,
      '5 ',
      '1e3',
      true,
      [5],
      '99999999999999999999',
      1_000_001,
    ].map((size): (typeof WRONG)[number] => [
      `a pool of ${JSON.stringify(size)}`,
      'post',
      path,
      { pool_size: size },
      400,
    ]),
  ),
  ['a pool of no size', 'post', '/create_resource_pool', {}, 400],
  ['a pool of no size, by PATCH', 'patch', '/create_resource_pool', {}, 400],
  ['a VM that there is not', 'post', '/checkout_vm', { vmid: 99 }, 400, { message: 'Invalid VM' }],
  ['a VM that is no number', 'post', '/checkout_vm', { vmid: 'one' }, 400],
  ['a VM that is a list', 'post', '/checkout_vm', { vmid: [1] }, 400],
  [
    'the check-in of a VM that there is not',
    'post',
    '/checkin_vm',
    { vmid: 99 },
    400,
    { message: 'Invalid VM' },
  ],
  ['the check-in of nothing', 'post', '/checkin_vm', {}, 400],
  ["the check-in of somebody else's", 'post', '/checkin_vm', { vmid: 1 }, 401],
  ['the check-in of what nobody has', 'post', '/checkin_vm', { vmid: 2 }, 401],
  ['the checkout of what somebody has', 'post', '/checkout_vm', { vmid: 1 }, 400, TAKEN],
  [
    'the maintenance of a VM that there is not',
    'post',
    '/maintenance',
    { vmid: 99 },
    400,
    { message: 'Invalid VM' },
  ],
  ['the maintenance of what is idle', 'post', '/maintenance', { vmid: 2 }, 401],
  ['the maintenance of what somebody has', 'post', '/maintenance', { vmid: '1' }, 401],
  [
    'the deletion of a VM in use',
    'delete',
    '/vmdetails/id/1',
    {},
    401,
    { Message: 'Cannot delete VM which is use.' },
  ],
  [
    'the deletion of a VM that there is not',
    'delete',
    '/vmdetails/id/99',
    {},
    400,
    { message: 'Invalid VM' },
  ],
  ['the deletion of a VM that is no number', 'delete', '/vmdetails/id/-1', {}, 400],
];

const SENTENCE = expect.stringMatching(/.+/) as string;

describe.each(['open', 'guarded'] as const)('the VM reservation API in %s mode refuses', (mode) => {
  let server: LegacyServer;
  beforeAll(async () => {
    server = await LegacyServer.start({ mode, pools });
    await furnish(server);
    expect(await checkOut(server.anybody, 1)).toBe(1);
  });
  afterAll(() => server.stop());

  test.each(WRONG)(
    '%s (%s %s), and writes nothing',
    async (_what, method, path, body, status, answer = { message: SENTENCE }) => {
      const refused = await expectRefused(
        server,
        send(server.anybody, method, path, { auth: ADMIN, ...body }),
        status,
      );
      expect(refused.body).toEqual(answer);
    },
  );

  test.each(['/vmdetails/id/x', '/vmdetails/id/0', '/vmdetails/id/1.5'])(
    'a number that is none in %s',
    async (path) => {
      const reader = mode === 'open' ? server.anybody : await server.admin();
      expect((await expectRefused(server, reader.get(path), 400)).body).toEqual({
        message: SENTENCE,
      });
    },
  );

  test.each([...CLOSED])('a wrong password: %s %s', async (method, path, body) => {
    const refused = await expectRefused(
      server,
      send(server.anybody, method, path, { auth: { userid: 1, password: 'wrong' }, ...body }),
      401,
    );
    expect(refused.body).toEqual(NOT_AUTHORIZED);
  });

  test.each([...CLOSED])('a user that there is not: %s %s', async (method, path, body) => {
    const refused = await expectRefused(
      server,
      send(server.anybody, method, path, { auth: { userid: 99, password: 'x' }, ...body }),
      400,
    );
    expect(refused.body).toEqual({ message: 'Invalid user' });
  });

  test.each([...CLOSED])('no credential: %s %s', async (method, path, body) => {
    for (const auth of [
      undefined,
      null,
      {},
      'x',
      { userid: 1 },
      { password: 'x' },
      { userid: 'one', password: 'x' },
      { userid: 1, password: 7 },
    ]) {
      const refused = await expectRefused(
        server,
        send(server.anybody, method, path, { ...(auth === undefined ? {} : { auth }), ...body }),
        mode === 'open' ? 400 : 401,
      );
      expect(refused.body).toEqual(
        mode === 'open' ? { message: 'auth parameters missing' } : NOT_AUTHORIZED,
      );
    }
  });

  test.each(
    CLOSED.filter(([method, path]) => !/_vm$/.test(path) && method !== 'patch').concat([
      ['patch', '/create_resource_pool', { pool_size: 3 }],
      ['patch', '/user', { id: 1, name: 'x' }],
      ['patch', '/user', { id: 2, role: 'admin' }],
    ]),
  )('a user who is no admin: %s %s', async (method, path, body) => {
    const refused = await expectRefused(
      server,
      send(server.anybody, method, path, { auth: USER, ...body }),
      401,
    );
    expect(refused.body).toEqual(NOT_AUTHORIZED);
  });

  test.each(['{', '[]', '"x"', 'null', '{"auth":'])('a body of %s', async (text) => {
    await expectRefused(
      server,
      server.anybody.post('/checkout_vm').set('Content-Type', 'application/json').send(text),
      text.startsWith('{') || mode === 'open' ? 400 : 401,
    );
  });

  test('a pool smaller than what is in use, and keeps what is lent when it shrinks', async () => {
    const [second, third] = [await checkOut(server.anybody), await checkOut(server.anybody)];
    const small = { auth: ADMIN, pool_size: '2' };
    const cannot = {
      message: 'Cannot resize as , currently in used VM > expected pool resize value',
    };
    for (const [method, path] of [
      ['post', '/create_resource_pool'],
      ['patch', '/create_resource_pool'],
      ['post', '/resizevmpool'],
    ] as const) {
      expect(
        (await expectRefused(server, send(server.anybody, method, path, small), 400)).body,
      ).toEqual(cannot);
    }
    await server.anybody
      .post('/create_resource_pool')
      .send({ auth: ADMIN, pool_size: '3' })
      .expect(201, { message: 'Pool resources recreated.' });
    const owned = await server.anybody.get('/create_resource_pool/basicstats');
    expect(owned.body).toEqual({
      'Pool Stats': {
        total_VM_count_in_pool: '3',
        free_VM_in_pool: 0,
        VM_under_maintenance_in_Pool: 0,
        allocated_VM_in_Pool: 3,
      },
    });
    expect(
      (await expectRefused(server, server.anybody.post('/checkout_vm').send({ auth: ADMIN }), 400))
        .body,
    ).toEqual(TAKEN);
    for (const vmid of [1, second, third])
      await server.anybody.post('/checkin_vm').send({ auth: USER, vmid }).expect(201);
    await server.anybody
      .post('/create_resource_pool')
      .send({ auth: ADMIN, pool_size: '20' })
      .expect(201);
    const reader = mode === 'open' ? server.anybody : await server.admin();
    expect(Object.keys((await reader.get('/vmdetails/type/xlarge')).body.VM_details)).toHaveLength(
      2,
    );
  });
});

describeServer('the VM reservation API in guarded mode', { mode: 'guarded', pools }, (server) => {
  test('begins without a credential while there is nothing to lose, and takes nothing', async () => {
    await server().anybody.get('/truncate_tables').expect(201, { message: 'Tables Created' });
    await server().anybody.get('/vmpoolsize').expect(200, { 'vm pool size': '10' });
  });

  test(
    'its first user wants the setup token, as a header or in the body, and is no admin of ' +
      'Holdfast',
    async () => {
      const first = { name: 'user1', email: 'user1@email.com', password: 'user1' };
      await expectRefused(server(), server().anybody.post('/user').send(first), 401);
      await expectRefused(
        server(),
        server()
          .anybody.post('/user')
          .send({ ...first, setupToken: 'wrong' }),
        401,
      );
      await expectRefused(
        server(),
        server().anybody.post(`/user?setupToken=${SETUP_TOKEN}`).send(first),
        401,
      );
      await server()
        .anybody.post('/user')
        .set('X-Setup-Token', SETUP_TOKEN)
        .send(first)
        .expect(201, { message: 'User Created.' });
      await expectRefused(
        server(),
        server()
          .anybody.post('/user')
          .set('X-Setup-Token', SETUP_TOKEN)
          .send({ ...first, email: 'b@email.com' }),
        401,
      );
      await server().server.basic('user1@email.com', 'user1').get('/v1/users').expect(403);
      await server()
        .anybody.post('/user')
        .send({ auth: ADMIN, name: 'user2', email: 'user2@email.com', password: 'user2' })
        .expect(201);
    },
  );

  test('takes nothing away without an admin', async () => {
    const user = await server().user('reader');
    for (const call of [
      server().anybody.get('/truncate_tables'),
      user.get('/truncate_tables'),
      server().server.basic('user2@email.com', 'user2').get('/truncate_tables'),
    ]) {
      expect((await expectRefused(server(), call, 401)).body).toEqual(NOT_AUTHORIZED);
    }
  });

  test.each(PERSONAL)('%s wants a credential', async (path) => {
    expect((await expectRefused(server(), server().anybody.get(path), 401)).body).toEqual(
      NOT_AUTHORIZED,
    );
    await expectRefused(server(), server().anybody.get(`${path}?token=wrong`), 401);
    await server().server.basic('user2@email.com', 'user2').get(path).expect(200);
  });

  test.each(INVENTORY)('%s wants a credential, and shows who holds what', async (path) => {
    if (path === INVENTORY[0]) await checkOut(server().anybody, 1);
    expect((await expectRefused(server(), server().anybody.get(path), 401)).body).toEqual(
      NOT_AUTHORIZED,
    );
    const { status, text } = await server().server.basic('user2@email.com', 'user2').get(path);
    expect(status).toBe(200);
    if (path.startsWith('/vmdetails/id')) expect(text).toContain('"vm_map_to":"user2@email.com"');
  });

  test.each(COUNTS)('%s is open, and only counts', async (path) => {
    expect((await server().anybody.get(path).expect(200)).text).not.toMatch(/@|vms-\d/);
  });

  test("takes tokens and Basic as well, and Holdfast's admins are admins here", async () => {
    const admin = await server().admin();
    await admin
      .post('/user')
      .send({ name: 'user3', email: 'user3@email.com', password: 'user3' })
      .expect(201);
    await admin.post('/checkin_vm').send({ vmid: 1 }).expect(401);
    await server()
      .server.basic('user2@email.com', 'user2')
      .post('/checkin_vm')
      .send({ vmid: 1 })
      .expect(201);
    const token = await server().tokenOf(admin, ['read', 'admin']);
    await server().anybody.post(`/maintenance?token=${token}`).send({ vmid: 1 }).expect(201);
    await server()
      .anybody.delete(`/vmdetails/id/10?token=${token}`)
      .expect(200, { Message: 'VM deleted' });
    await expectRefused(
      server(),
      server().anybody.patch(`/user?token=${token}`).send({ id: 3, name: 'no scope self' }),
      401,
    );
    const user = await server().user('borrower');
    const { status, body } = await user.post('/checkout_vm');
    expect({ status, body }).toMatchObject({
      status: 201,
      body: { 'User Details': { 'user-Id': null, 'user-email': 'borrower@example.org' } },
    });
  });

  test('a token that can do less than who signs in by password sets none', async () => {
    const { body } = await server()
      .server.basic('user2@email.com', 'user2')
      .post('/v1/tokens')
      .send({ name: 'short', scopes: ['read', 'reserve', 'self'], expiresInSeconds: 60 });
    const call = (set: object) =>
      server()
        .server.bearer(body.token as string)
        .patch('/user')
        .send({ id: 2, ...set });
    expect((await expectRefused(server(), call({ password: 'for ever' }), 401)).body).toEqual(
      NOT_AUTHORIZED,
    );
    await call({ name: 'user2' }).expect(200);
  });

  test("has no say over Holdfast's own admins", async () => {
    const admin = await server().admin();
    const promoted = (await admin.get('/v1/users').expect(200)).body.items.find(
      ({ email }: { email: string }) => email === 'user3@email.com',
    );
    await admin.patch(`/v1/users/${promoted.id}`).send({ role: 'admin' }).expect(200);
    await expectRefused(
      server(),
      server().anybody.patch('/user').send({ auth: ADMIN, id: 3, password: 'taken over' }),
      401,
    );
    await expectRefused(server(), server().anybody.delete('/user/id/3').send({ auth: ADMIN }), 401);
    await server()
      .anybody.patch('/user')
      .send({ auth: { userid: 3, password: 'user3' }, id: 3, name: 'changed' })
      .expect(200);
    await admin.get('/truncate_tables').expect(201);
    await admin.get('/user').expect(200, { User_Details: {} });
    await server().server.basic('user3@email.com', 'user3').get('/v1/users').expect(200);
    await server().server.basic('user2@email.com', 'user2').get('/v1/me').expect(401);
  });
});

describeServer('the VM reservation API in open mode', { mode: 'open', pools }, (server) => {
  test.each(INTRUSIONS)('does not answer to %s', async (_what, headers) => {
    for (const path of ['/truncate_tables', '/vmdetails', '/user']) {
      expect(
        (await expectRefused(server(), server().anybody.get(path).set(headers), 403)).body,
      ).toEqual({ message: SENTENCE });
    }
    await expectRefused(
      server(),
      server()
        .anybody.post('/user')
        .set(headers)
        .send({ name: 'user1', email: 'a@email.com', password: 'x' }),
      403,
    );
  });

  test('takes nothing away for who only looks whether it is there', async () => {
    const { status } = await fetch(`${server().server.url}/truncate_tables`, { method: 'HEAD' });
    expect(status).toBe(405);
    await server().anybody.get('/vmpoolsize').expect(200, { 'vm pool size': '10' });
  });

  test('takes a number and nothing else for a user id', async () => {
    const call = (userid: string) =>
      server()
        .anybody.post('/checkin_vm')
        .set('Content-Type', 'application/json')
        .send(`{"vmid":1,"auth":{"userid":${userid},"password":"x"}}`);
    for (const userid of [
      `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
      '[1]',
      'true',
      '"1e0"',
      '" 1"',
      '1.5',
      '-1',
      '{}',
      'null',
      '"x"',
    ]) {
      expect((await expectRefused(server(), call(userid), 400)).body).toEqual({
        message: 'auth parameters missing',
      });
    }
  });

  test('of several first users at once one becomes its admin, and the others are not made', async () => {
    const makes = Array.from({ length: 5 }, (_none, index) =>
      server()
        .anybody.post('/user')
        .send({ name: `user${index}`, email: `user${index}@email.com`, password: 'user1' }),
    );
    const answers = await Promise.all(makes);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400]);
    expect(Object.keys((await server().anybody.get('/user')).body.User_Details)).toEqual(['1']);
  });

  test('of fifty who want one of ten VMs ten get one each, all different', async () => {
    const auths = Array.from({ length: 50 }, (_none, index) => ({
      userid: index + 2,
      password: `pass${index}`,
    }));
    for (const [index, { password }] of auths.entries()) {
      await server()
        .anybody.post('/user')
        .send({ auth: ADMIN, name: `caller${index}`, email: `caller${index}@email.com`, password })
        .expect(201);
      // They have called before: bcrypt is not what is measured here.
      await server()
        .server.basic(`caller${index}@email.com`, password)
        .get('/vmpoolsize')
        .expect(200);
    }
    const answers = await Promise.all(
      auths.map((auth) => server().anybody.post('/checkout_vm').send({ auth })),
    );
    const granted = answers
      .filter(({ status }) => status === 201)
      .map(({ body }) => (body as { 'VM Details': { 'vm-Id': number } })['VM Details']['vm-Id']);
    expect(new Set(granted)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    expect(granted).toHaveLength(10);
    expect(
      answers
        .filter(({ status }) => status !== 201)
        .map(({ status, body }) => ({ status, body: body as unknown })),
    ).toEqual(Array(40).fill({ status: 400, body: TAKEN }));
  });
});

describeServer('a VM that is checked out', { mode: 'open', pools }, (server) => {
  test('is allocated in v1, and cannot be reserved there; what v1 lends cannot be checked out', async () => {
    const admin = await server().admin();
    await furnish(server());
    const id = await checkOut(server().anybody, 2);
    const { body } = await admin.get(`/v1/resources/vms-${id}`).expect(200);
    expect(body).toMatchObject({ status: 'allocated', available: false });
    await admin
      .post('/v1/reservations')
      .send({ items: [{ resource: 'vms-2', count: 1 }], queueTimeoutSeconds: 0 })
      .expect(409);
    await admin
      .post('/v1/reservations')
      .send({ items: [{ resource: 'vms-3', count: 1 }] })
      .expect(201);
    await server().anybody.post('/checkout_vm').send({ auth: USER, vmid: 3 }).expect(400, TAKEN);
    expect((await server().anybody.get('/vmdetails/id/3')).body).toMatchObject({
      VM_details: { 3: { vm_map_to: 'ada@example.org' } },
    });
  });

  test(
    'is cleaned before the next holder gets it, and cannot be checked out until an admin ' +
      'brings it back',
    async () => {
      const { anybody, test } = server();
      await anybody.post('/checkin_vm').send({ auth: USER, vmid: 2 }).expect(201);
      await anybody.post('/checkout_vm').send({ auth: USER, vmid: 2 }).expect(400, TAKEN);
      const before = (await test.resource('vms-2')).cleanedAt;
      test.clock.advance(60_000);
      await anybody.post('/maintenance').send({ auth: ADMIN, vmid: 2 }).expect(201);
      expect((await test.resource('vms-2')).cleanedAt).not.toBeNull();
      expect(before).not.toBeUndefined();
      expect(await checkOut(anybody, 2)).toBe(2);
    },
  );

  test('stays with its holder in v1 when the VM reservation API begins anew', async () => {
    const { anybody } = server();
    await anybody.get('/truncate_tables').expect(201);
    expect(Object.keys((await anybody.get('/vmdetails')).body.VM_details)).toEqual(['3']);
    expect((await (await server().admin()).get('/v1/resources/vms-3')).body).toMatchObject({
      status: 'allocated',
      adminState: 'draining',
    });
  });
});

describeServer('a VM pool that nothing fills', { mode: 'open', pools, jobs: false }, (server) => {
  test('is given a size that would take long to reach without anybody waiting for it', async () => {
    const { anybody } = server();
    const ada = { name: 'user1', email: 'user1@email.com', password: 'user1' };
    await anybody.post('/user').send(ada).expect(201);
    await anybody
      .post('/create_resource_pool')
      .send({ auth: ADMIN, pool_size: 1_000_000 })
      .expect(201, { message: 'Resources Created.' });
    await anybody.get('/vmpoolsize').expect(200, { 'vm pool size': '10' });
  });
});
