import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const BOXES = { name: 'boxes', kind: 'container', driver: 'simulated', size: 2 };

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start();
  admin = await server.admin();
  ann = await server.user('ann');
});

const make = (fields: Record<string, unknown> = {}) =>
  admin.post('/v1/pools').send({ ...BOXES, ...fields });

describe('POST /v1/pools', () => {
  test('makes a pool, with every default filled in, and its resources', async () => {
    const { status, headers, body } = await make({
      labels: { zone: 'eu' },
      lease: { default: '1h', heartbeat: 60 },
    });
    expect({ status, location: headers.location, tag: headers.etag }).toEqual({
      status: 201,
      location: '/v1/pools/boxes',
      tag: '"1"',
    });
    expect(body).toMatchObject({
      name: 'boxes',
      size: 2,
      origin: 'api',
      deleting: false,
      labels: { zone: 'eu' },
      settings: {},
    });
    expect(body.lease).toEqual({
      default: 3600,
      maximum: 86_400,
      heartbeat: 60,
      grace: 0,
      openEnded: false,
      prepare: 120,
      idleExpiry: null,
    });
    expect(body).toMatchObject({ size: 2, counts: { total: 0 } });
    await server.test.reconcile();
    expect((await ann.get('/v1/pools/boxes')).body.counts).toMatchObject({ provisioning: 2 });
    await server.test.settle();
    expect((await ann.get('/v1/pools/boxes')).body.counts).toMatchObject({
      total: 2,
      available: 2,
    });
  });

  test.each([
    ['driver', { driver: 'magic' }],
    ['name', { name: 'Boxes' }],
    ['size', { size: -1 }],
    ['settings.nonsense', { settings: { nonsense: 1 } }],
    ['lease.default', { lease: { default: 'soon' } }],
    ['rotation.afterLease', { settings: { rotates: false }, rotation: { afterLease: true } }],
    ['accounts', { accounts: [] }],
  ])('names the field that is wrong: %s', async (field, fields) => {
    const { status, body } = await make(fields);
    expect({ status, body }).toEqual({ status: 400, body: problem(400, 'invalid', field) });
  });

  test('refuses a name that is taken', async () => {
    await make().expect(201);
    expect((await make()).body).toMatchObject(problem(409, 'conflict'));
  });
});

describe('PATCH /v1/pools/{name}', () => {
  test('grows and shrinks, and cuts nobody off', async () => {
    await make().expect(201);
    await server.test.settle();
    const loan = await ann.post('/v1/reservations').send({ items: [{ pool: 'boxes', count: 2 }] });
    expect((await admin.patch('/v1/pools/boxes').send({ size: 3 })).body.size).toBe(3);
    await server.test.reconcile();
    expect((await admin.get('/v1/pools/boxes')).body.counts).toMatchObject({
      total: 3,
      allocated: 2,
      provisioning: 1,
    });
    await server.test.settle();
    expect((await admin.patch('/v1/pools/boxes').send({ size: 1 })).body.size).toBe(1);
    await server.test.reconcile();
    expect((await admin.get('/v1/pools/boxes')).body.counts).toMatchObject({
      allocated: 2,
      destroying: 1,
      draining: 2,
    });
    expect((await ann.get(`/v1/reservations/${loan.body.id}`)).body.status).toBe('active');
    await ann.delete(`/v1/reservations/${loan.body.id}`);
    await server.test.settle();
    expect((await admin.get('/v1/pools/boxes')).body.counts).toMatchObject({
      total: 1,
      available: 1,
    });
  });

  test('keeps spares, and says where nobody could make them', async () => {
    expect((await make({ spares: 1 }).expect(201)).body.spares).toBe(1);
    await server.test.settle();
    expect((await ann.get('/v1/pools/boxes')).body.counts).toMatchObject({ total: 3, spare: 1 });
    expect((await ann.get('/v1/resources?status=spare')).body.items).toHaveLength(1);
    expect((await admin.patch('/v1/pools/boxes').send({ spares: 0 })).body.spares).toBe(0);
    await server.test.settle();
    expect((await ann.get('/v1/pools/boxes')).body.counts).toMatchObject({ total: 2, spare: 0 });
    const byHand = { name: 'by-hand', sizing: 'manual', size: undefined };
    const refused = await make({ ...byHand, spares: 1 });
    expect(refused.body).toMatchObject({ status: 400, field: 'spares' });
  });

  test('changes only the given leaves', async () => {
    const { body: before } = await make({ lease: { default: '1h', heartbeat: '1m' } });
    const { body } = await admin.patch('/v1/pools/boxes').send({ lease: { default: 1800 } });
    expect(body).toEqual({ ...before, lease: { ...before.lease, default: 1800 } });
  });

  test('merges settings and labels, where null removes (RFC 7396)', async () => {
    await make({
      settings: { latencyMs: 1, failureRates: { clean: 0.5, list: 0.1 }, rotates: false },
      labels: { zone: 'eu', tier: 'low' },
    }).expect(201);
    const patch = {
      settings: { latencyMs: 2, failureRates: { clean: null }, rotates: null },
      labels: { tier: null, owner: 'ops' },
    };
    const { status, body } = await admin
      .patch('/v1/pools/boxes')
      .set('Content-Type', 'application/merge-patch+json')
      .send(JSON.stringify(patch));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      settings: { latencyMs: 2, failureRates: { list: 0.1 } },
      labels: { zone: 'eu', owner: 'ops' },
      capabilities: { rotates: true },
    });
    expect(Object.keys(body.settings as object)).toEqual(['latencyMs', 'failureRates']);
    expect(Object.keys(body.labels as object)).toEqual(['zone', 'owner']);
  });

  test('leaves settings and labels alone if the patch is wrong or does not name them', async () => {
    const { body: before } = await make({ settings: { latencyMs: 1 }, labels: { zone: 'eu' } });
    expect((await admin.patch('/v1/pools/boxes').send({ settings: { nonsense: 1 } })).body).toEqual(
      problem(400, 'invalid', 'settings.nonsense'),
    );
    expect(
      (await admin.patch('/v1/pools/boxes').send({ labels: { 'not a name': 'x' } })).status,
    ).toBe(400);
    expect((await admin.patch('/v1/pools/boxes').send({ size: 2 })).body).toEqual(before);
  });

  test('refuses a change that the pool as a whole cannot have', async () => {
    await make().expect(201);
    expect((await admin.patch('/v1/pools/boxes').send({ lease: { maximum: 60 } })).body).toEqual(
      problem(400, 'invalid', 'lease.default'),
    );
    expect((await admin.patch('/v1/pools/boxes').send({ kind: 'vm' })).body).toEqual(
      problem(400, 'invalid', 'kind'),
    );
    expect((await admin.patch('/v1/pools/none').send({ size: 1 })).body).toEqual(
      problem(404, 'not_found'),
    );
  });

  test(
    'changes and shrinks a pool of listed accounts, although its driver makes none; it ' +
      'does not grow it',
    async () => {
      const listed = (name: string) =>
        `{ name: ${name}, username: user-${name}, password: secret }`;
      await server.test.load(
        'pools: [{ name: lab, kind: account, driver: simulated, simulate: true, settings: { provisions: ' +
          `false }, accounts: [${listed('one')}, ${listed('two')}] }]`,
      );
      await server.test.settle();
      const change = (fields: Record<string, unknown>) => admin.patch('/v1/pools/lab').send(fields);
      expect((await change({ labels: { zone: 'eu' }, lease: { default: 60 } })).body).toMatchObject(
        {
          labels: { zone: 'eu' },
          lease: { default: 60 },
          size: 2,
          counts: { total: 2 },
        },
      );
      expect((await change({ size: 3 })).body).toEqual(problem(422, 'unsupported', 'size'));
      expect((await change({ size: 1 })).body).toMatchObject({ size: 1 });
      await server.test.reconcile();
      expect((await admin.get('/v1/pools/lab')).body.counts).toMatchObject({ draining: 1 });
    },
  );

  test('takes no spares into a pool of listed accounts, nor back that it is simulated', async () => {
    await server.test.load(
      'pools: [{ name: lab, kind: account, driver: simulated, simulate: true, ' +
        'accounts: [{ name: one, username: u, password: secret }] }]',
    );
    const change = (fields: object) => admin.patch('/v1/pools/lab').send(fields);
    const before = (await admin.get('/v1/pools/lab')).body;
    for (const [field, value] of Object.entries({ spares: 1, simulate: false }))
      expect((await change({ [field]: value })).body).toEqual(problem(422, 'unsupported', field));
    expect((await admin.get('/v1/pools/lab')).body).toEqual(before);
  });

  test('does not take from a pool the ability to make what it has', async () => {
    await make().expect(201);
    expect(
      (await admin.patch('/v1/pools/boxes').send({ settings: { provisions: false } })).body,
    ).toEqual(problem(400, 'invalid', 'size'));
  });

  test('applies only to the state that was seen, if If-Match says so', async () => {
    const { headers } = await make();
    const patch = (tag: string, size: number) =>
      admin.patch('/v1/pools/boxes').set('If-Match', tag).send({ size });
    const changed = await patch(headers.etag!, 3);
    expect([changed.status, changed.headers.etag]).toEqual([200, '"2"']);
    expect((await patch(headers.etag!, 4)).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
    expect((await patch('"never-given"', 4)).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
    expect((await patch('*', 4)).status).toBe(200);
  });
});

describe('GET /v1/pools', () => {
  test('shows the settings of the driver to admins only', async () => {
    await make({ settings: { latencyMs: 1 } }).expect(201);
    expect((await admin.get('/v1/pools/boxes')).body.settings).toEqual({ latencyMs: 1 });
    expect((await ann.get('/v1/pools/boxes')).body).not.toHaveProperty('settings');
    expect((await ann.get('/v1/pools')).body.items[0]).not.toHaveProperty('settings');
  });

  test('tells admins why nothing can be made while the back end fails', async () => {
    await make({ settings: { backendDown: true } }).expect(201);
    expect((await admin.get('/v1/pools/boxes')).body.failing).toBeNull();
    await server.test.settle();
    const { body } = await admin.get('/v1/pools/boxes');
    expect(body.failing).toEqual({
      reason: 'The simulated back end is down.',
      since: expect.stringMatching(/Z$/),
      retryAt: expect.stringMatching(/Z$/),
    });
    expect((await admin.get('/v1/pools')).body.items).toContainEqual(body);
    expect((await ann.get('/v1/pools/boxes')).body).not.toHaveProperty('failing');
    await admin
      .patch('/v1/pools/boxes')
      .send({ settings: { backendDown: false } })
      .expect(200);
    await server.test.after(3_600_000);
    expect((await admin.get('/v1/pools/boxes')).body.failing).toBeNull();
  });

  test('says that it is simulated, and so do its resources and loans', async () => {
    await make().expect(201);
    await server.test.settle();
    const { body: loan } = await ann.post('/v1/reservations').send({ items: [{ pool: 'boxes' }] });
    const [held] = loan.resources;
    expect(held).toMatchObject({ pool: 'boxes', simulated: true });
    expect((await ann.get(`/v1/resources/${held.id}`)).body).toMatchObject({ simulated: true });
    expect((await ann.get('/v1/pools/boxes')).body).toMatchObject({
      simulated: true,
      simulate: false,
    });
    expect((await admin.patch('/v1/pools/boxes').send({ simulate: true })).body).toMatchObject({
      simulate: true,
    });
  });

  test('says what the driver can do', async () => {
    await make().expect(201);
    const { capabilities } = (await ann.get('/v1/pools/boxes')).body;
    expect(Object.keys(capabilities as object).sort()).toEqual([
      'accessByKey',
      'leavesNothing',
      'opensAccess',
      'proves',
      'provisions',
      'replaces',
      'rotates',
      'staticCredential',
    ]);
  });
});

describe('DELETE /v1/pools/{name}', () => {
  test('waits for loans, stops lending, and removes the pool after the last loan', async () => {
    await make().expect(201);
    await server.test.settle();
    const loan = await ann.post('/v1/reservations').send({ items: [{ pool: 'boxes' }] });
    const waiting = await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'boxes', count: 2 }] });
    const { status, body } = await admin.delete('/v1/pools/boxes');
    expect({ status, body }).toEqual({ status: 202, body: { lent: 1 } });
    expect((await admin.get('/v1/pools/boxes')).body.deleting).toBe(true);
    await server.test.reconcile();
    expect((await ann.get(`/v1/reservations/${waiting.body.id}`)).body).toMatchObject({
      status: 'ended',
      endReason: 'refused',
    });
    await ann.delete(`/v1/reservations/${loan.body.id}`).expect(204);
    await server.test.settle();
    await server.test.settle();
    expect((await admin.get('/v1/pools/boxes')).status).toBe(404);
  });

  test('heeds If-Match', async () => {
    await make().expect(201);
    expect((await admin.delete('/v1/pools/boxes').set('If-Match', '"7"')).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
  });
});
