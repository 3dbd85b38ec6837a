import { Reconciler } from '../../src/service/jobs/reconciler';
import type { Caller } from '../helpers/server';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, labels: { zone: eu }, cleaning: { retries: 0 } }
  - { name: vms, kind: vm, driver: simulated, size: 2, types: [{ name: small }, { name: large }] }
  - { name: tokens, kind: token, driver: simulated, sizing: manual }
`;

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
});

const names = async (query: string): Promise<string[]> =>
  (await ann.get(`/v1/resources?${query}`)).body.items
    .map(({ name }: { name: string }) => name)
    .sort();
const setState = (name: string, adminState: string) =>
  admin.patch(`/v1/resources/${name}`).send({ adminState });

describe('GET /v1/resources', () => {
  test('finds by pool, kind, type, status and label', async () => {
    await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }] })
      .expect(201);
    expect(await names('pool=lab')).toEqual(['lab-1', 'lab-2']);
    expect(await names('kind=vm')).toEqual(['vms-1', 'vms-2']);
    expect(await names('kind=vm&type=large')).toEqual(['vms-2']);
    expect(await names('status=allocated')).toEqual(['lab-1']);
    expect(await names('label=zone%3Deu')).toEqual(['lab-1', 'lab-2']);
    expect(await names('label=zone%3Dus')).toEqual([]);
    expect((await ann.get('/v1/resources?pool=none')).body).toEqual(problem(404, 'not_found'));
  });

  test('shows credentials to nobody, and the holder to admins only', async () => {
    const { body: loan } = await ann.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    const [{ id, credentials }] = loan.resources;
    for (const caller of [ann, admin]) {
      for (const path of [`/v1/resources/${id}`, '/v1/resources']) {
        const { text } = await caller.get(path);
        expect(text).not.toContain(credentials.password);
      }
    }
    expect((await ann.get(`/v1/resources/${id}`)).body).not.toHaveProperty('heldBy');
    expect((await admin.get(`/v1/resources/${id}`)).body.heldBy).toEqual({
      reservationId: loan.id,
      userId: loan.userId,
    });
  });
});

test('the username of a listed account is shown to its holder only', async () => {
  await server.test.load(
    `${POOLS}  - { name: listed, kind: account, driver: simulated, simulate: true, accounts: [{ username: ` +
      'ada.lovelace, password: secret }] }',
  );
  await server.test.settle();
  const { body: loan } = await ann.post('/v1/reservations').send({ items: [{ pool: 'listed' }] });
  expect(loan.resources[0].credentials.username).toBe('ada.lovelace');
  for (const path of [`/v1/resources/${loan.resources[0].id}`, '/v1/resources?pool=listed'])
    expect((await ann.get(path)).text).not.toContain('ada.lovelace');
});

test('a call that is repeated under its key by id, after the name, has one effect', async () => {
  const { id } = (await admin.get('/v1/resources/vms-2')).body as { id: string };
  const clean = (which: string) =>
    admin.post(`/v1/resources/${which}/clean`).set('Idempotency-Key', 'one-cleaning');
  expect((await clean('vms-2')).body.status).toBe('dirty');
  await server.test.settle();
  for (const which of [id, 'vms-2'])
    expect((await clean(which)).body).toMatchObject({ id, status: 'available' });
});

describe('GET /v1/resources/{id}', () => {
  test('finds it by id and by name', async () => {
    const { body } = await ann.get('/v1/resources/vms-2');
    expect(body).toMatchObject({
      name: 'vms-2',
      pool: 'vms',
      number: 2,
      kind: 'vm',
      type: 'large',
      labels: {},
      status: 'available',
      adminState: 'in_service',
      available: true,
      generation: 0,
      failures: 0,
    });
    expect(body).not.toHaveProperty('reason');
    expect((await ann.get(`/v1/resources/${body.id}`)).body).toEqual(body);
    expect((await ann.get('/v1/resources/none')).body).toEqual(problem(404, 'not_found'));
  });
});

test(
  'the tag covers only what If-Match guards, so sending it as If-None-Match still ' +
    'gets the answer',
  async () => {
    const { headers, body } = await ann.get('/v1/resources/lab-1');
    await ann
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }] })
      .expect(201);
    const now = await ann
      .get('/v1/resources/lab-1')
      .set('If-None-Match', headers.etag!)
      .expect(200);
    expect([body.status, now.body.status]).toEqual(['available', 'allocated']);
    const pool = await ann.get('/v1/pools/lab');
    await ann.get('/v1/pools/lab').set('If-None-Match', pool.headers.etag!).expect(200);
  },
);

describe('an admin', () => {
  test('takes one out for maintenance and puts it back', async () => {
    expect((await setState('lab-1', 'maintenance')).body).toMatchObject({
      adminState: 'maintenance',
      status: 'available',
      available: false,
    });
    const { body } = await ann.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect(body.resources[0].name).toBe('lab-2');
    const waiting = await ann.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect((await setState('lab-1', 'in_service')).body).toMatchObject({ status: 'allocated' });
    expect((await ann.get(`/v1/reservations/${waiting.body.id}`)).body).toMatchObject({
      status: 'active',
      resources: [{ name: 'lab-1' }],
    });
  });

  test('takes one out for a time, after which it comes back by itself and is lent', async () => {
    const until = new Date(server.test.clock.at + 60_000).toISOString();
    const send = (fields: object) => admin.patch('/v1/resources/lab-1').send(fields);
    const later = new Date(server.test.clock.at + 90_000).toISOString();
    for (const end of [later, until])
      expect((await send({ adminState: 'maintenance', until: end })).body).toMatchObject({
        adminState: 'maintenance',
        maintenanceUntil: end,
      });
    const { body: waiting } = await ann
      .post('/v1/reservations')
      .send({ items: [{ resource: 'lab-1' }] })
      .expect(202);
    server.test.clock.advance(59_999);
    expect(await new Reconciler(server.test.engine).runOnce()).toBe(Date.parse(until));
    expect((await ann.get('/v1/resources/lab-1')).body.adminState).toBe('maintenance');
    server.test.clock.advance(1);
    await server.test.reconcile();
    expect((await ann.get(`/v1/reservations/${waiting.id}`)).body.status).toBe('active');
    expect((await ann.get('/v1/resources/lab-1')).body).toMatchObject({
      adminState: 'in_service',
      maintenanceUntil: null,
    });
  });

  test('can end or unbound a maintenance before its time, and drain what is in one', async () => {
    const until = new Date(server.test.clock.at + 60_000).toISOString();
    const send = async (fields: object) =>
      (await admin.patch('/v1/resources/lab-1').send(fields).expect(200)).body as object;
    const unbounded = { maintenanceUntil: null };
    await send({ adminState: 'maintenance', until });
    expect(await send({ adminState: 'in_service' })).toMatchObject(unbounded);
    await send({ adminState: 'maintenance', until });
    expect(await send({ adminState: 'maintenance' })).toMatchObject(unbounded);
    server.test.clock.advance(60_000);
    await server.test.reconcile();
    expect((await ann.get('/v1/resources/lab-1')).body.adminState).toBe('maintenance');
    await send({
      adminState: 'maintenance',
      until: new Date(server.test.clock.at + 9).toISOString(),
    });
    expect(await send({ adminState: 'draining' })).toMatchObject(unbounded);
  });

  test.each([
    [{ adminState: 'in_service', until: '2036-01-01T00:00:00Z' }],
    [{ adminState: 'maintenance', until: '2026-01-01T00:00:00Z' }],
    [{ adminState: 'maintenance', until: 'soon' }],
  ])('cannot have %j', async (fields) => {
    expect((await admin.patch('/v1/resources/lab-1').send(fields)).body).toEqual(
      problem(400, 'invalid', 'until'),
    );
  });

  test('changes only the state that was seen, if If-Match says so', async () => {
    const { headers } = await admin.get('/v1/resources/lab-1');
    expect(headers.etag).toBe('"in_service"');
    const tags = `"drained", "draining", ${headers.etag}`;
    await setState('lab-1', 'maintenance').set('If-Match', tags).expect(200);
    expect((await setState('lab-1', 'draining').set('If-Match', headers.etag!)).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
    expect((await setState('lab-1', 'draining').set('If-Match', '"1"')).body).toEqual(
      problem(412, 'precondition_failed', 'If-Match'),
    );
  });

  test('drains one, and another replaces it', async () => {
    await setState('vms-1', 'draining').expect(200);
    await server.test.settle();
    await server.test.settle();
    expect(await names('pool=vms')).toEqual(['vms-2', 'vms-3']);
  });

  test('deletes one, and the pool becomes one smaller', async () => {
    expect((await admin.delete('/v1/resources/vms-1')).status).toBe(202);
    await server.test.settle();
    expect(await names('pool=vms')).toEqual(['vms-2']);
    expect((await ann.get('/v1/pools/vms')).body.size).toBe(1);
  });

  test('cleans one again, but not while it is lent', async () => {
    expect(await admin.post('/v1/resources/lab-1/clean')).toMatchObject({
      status: 202,
      body: { status: 'dirty', reason: 'An admin asked for it.' },
    });
    const { body } = await ann.post('/v1/reservations').send({ items: [{ pool: 'lab' }] });
    expect((await admin.post(`/v1/resources/${body.resources[0].id}/clean`)).body).toEqual(
      problem(409, 'in_use'),
    );
  });

  test('sees why one is quarantined, and has it retried at once', async () => {
    expect((await admin.post('/v1/resources/lab-1/unquarantine')).body).toEqual(
      problem(409, 'conflict'),
    );
    await server.test.cloud.failNext('lab', 'clean', 1);
    await admin.post('/v1/resources/lab-1/clean').expect(202);
    await server.test.settle();
    expect((await admin.get('/v1/resources/lab-1')).body).toMatchObject({
      status: 'quarantined',
      available: false,
      reason: expect.stringContaining('clean'),
    });
    for (const path of ['/v1/resources/lab-1', '/v1/resources?pool=lab']) {
      const { status, body } = await ann.get(path);
      expect([status, JSON.stringify(body)]).toEqual([200, expect.not.stringContaining('reason')]);
    }
    expect((await admin.post('/v1/resources/lab-1/unquarantine')).status).toBe(202);
    await server.test.settle();
    expect((await admin.get('/v1/resources/lab-1')).body).toMatchObject({
      status: 'available',
      reason: null,
    });
  });

  test('adds one to a manual pool, but not to a managed one', async () => {
    const { status, headers, body } = await admin.post('/v1/resources').send({ pool: 'tokens' });
    expect({ status, at: headers.location, name: body.name, state: body.status }).toEqual({
      status: 201,
      at: `/v1/resources/${body.id}`,
      name: 'tokens-1',
      state: 'provisioning',
    });
    expect((await admin.post('/v1/resources').send({ pool: 'vms' })).body).toEqual(
      problem(422, 'unsupported', 'pool'),
    );
    expect((await admin.post('/v1/resources').send({ pool: 'tokens', type: 'gold' })).body).toEqual(
      problem(400, 'invalid', 'type'),
    );
    expect((await admin.post('/v1/resources').send({ pool: 'none' })).body).toEqual(
      problem(404, 'not_found'),
    );
  });

  test('adds none of a type that the pool no longer has', async () => {
    await admin
      .patch('/v1/pools/tokens')
      .send({ types: [{ name: 'gold' }] })
      .expect(200);
    expect(
      (await admin.post('/v1/resources').send({ pool: 'tokens', type: 'default' })).body,
    ).toEqual(problem(400, 'invalid', 'type'));
    expect((await admin.post('/v1/resources').send({ pool: 'tokens' })).body).toMatchObject({
      type: 'gold',
    });
  });
});
