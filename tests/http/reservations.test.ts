import type { Caller } from '../helpers/server';
import { peopled, type Peopled } from '../helpers/people';
import { PASSWORD, problem } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 60s, maximum: 5m } }
  - { name: vms, kind: vm, driver: simulated, size: 1, lease: { heartbeat: 30s } }
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
`;
const AT = '2026-01-01T00:00:00.000Z';
const id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

let { server, admin, ann, bob } = {} as Peopled;
beforeEach(async () => {
  ({ server, admin, ann, bob } = await peopled({ pools: POOLS }));
});

const reserve = (caller: Caller, fields: Record<string, unknown> = {}) =>
  caller.post('/v1/reservations').send({ items: [{ pool: 'lab' }], ...fields });
const see = async (caller: Caller, reservationId: unknown) =>
  (await caller.get(`/v1/reservations/${String(reservationId)}`)).body;

describe('POST /v1/reservations', () => {
  test('lends at once if it can: 201, with location and credentials', async () => {
    const { status, headers, body } = await reserve(ann, { note: 'for the demo' });
    expect({ status, location: headers.location }).toEqual({
      status: 201,
      location: `/v1/reservations/${body.id}`,
    });
    const times = {
      requestedAt: AT,
      startsAt: AT,
      endsAt: '2026-01-01T00:01:00.000Z',
      heartbeatBy: null,
      asOf: AT,
      endedAt: null,
    };
    const state = {
      status: 'active',
      endReason: null,
      endDetail: null,
      position: null,
      positionIsExact: true,
      waitingFor: null,
    };
    const resource = {
      id,
      name: 'lab-1',
      pool: 'lab',
      kind: 'account',
      type: 'default',
      item: 0,
      generation: 1,
      rotates: true,
      simulated: true,
    };
    expect(body).toEqual({
      ...{
        id,
        ...state,
        ...times,
        priority: 0,
        userId: id,
        requestedBy: null,
        note: 'for the demo',
        items: [{ pool: 'lab', count: 1 }],
      },
      resources: [
        {
          ...resource,
          details: expect.any(Object),
          credentials: { username: expect.any(String), password: expect.any(String) },
        },
      ],
    });
  });

  test('queues the request if nothing is available: 202', async () => {
    await reserve(ann, { items: [{ pool: 'lab', count: 2 }] }).expect(201);
    const { status, headers, body } = await reserve(bob);
    expect({ status, location: headers.location }).toEqual({
      status: 202,
      location: `/v1/reservations/${body.id}`,
    });
    expect(body).toMatchObject({
      status: 'queued',
      position: 1,
      positionIsExact: true,
      waitingFor: 'nothing that could serve it is free',
      startsAt: null,
      resources: [],
    });
    const held = { reason: 'held', count: 2, until: '2026-01-01T00:01:00.000Z' };
    const waiting = [{ item: 0, missing: 1, ahead: 0, because: [held] }];
    const waitingFor = '2 are lent (the first back at 2026-01-01T00:01:00.000Z)';
    expect(await see(bob, body.id)).toEqual({ ...body, waiting, waitingFor });
  });

  test('says when the maintenance of what it waits for ends', async () => {
    const admin = await server.admin();
    const until = new Date(server.test.clock.now() + 600_000).toISOString();
    for (const name of ['lab-1', 'lab-2'])
      await admin
        .patch(`/v1/resources/${name}`)
        .send({ adminState: 'maintenance', ...(name === 'lab-1' && { until }) })
        .expect(200);
    const { body } = await reserve(bob).expect(202);
    const because = [{ reason: 'maintenance', count: 2, until }];
    expect(await see(bob, body.id)).toMatchObject({
      waiting: [{ item: 0, because }],
      waitingFor: `2 are in maintenance (the first back at ${until})`,
    });
  });

  test('is answered as active if the same commit served it', async () => {
    await reserve(ann).expect(201);
    const { body: before } = await reserve(bob, { items: [{ pool: 'lab', count: 2 }] }).expect(202);
    const { routes, services } = server;
    const [annes, bobs] = await Promise.all(
      ['ann', 'bob'].map((name) =>
        services.authentication.identify({ email: `${name}@example.org`, password: PASSWORD }),
      ),
    );
    const post = routes.find(
      ({ method, path }) => method === 'post' && path === '/v1/reservations',
    )!;
    const call = {
      services,
      body: { items: [{ pool: 'lab', count: 1 }], priority: 0 },
      principal: annes!,
      context: { requestId: null, idempotencyKey: null },
      wait: 0,
      query: {},
      signal: () => new AbortController().signal,
    };
    // In one turn of the event loop: these two share a transaction.
    const [answer] = await Promise.all([
      post.handle(call as never),
      services.reservations.release(bobs!, before.id as string),
    ]);
    expect(answer).toMatchObject({
      status: 201,
      body: {
        status: 'active',
        position: null,
        waitingFor: null,
        resources: [{ name: 'lab-2', credentials: { username: expect.any(String) } }],
      },
    });
  });

  test('is preparing while access is being opened', async () => {
    const { status, body } = await reserve(ann, {
      items: [{ pool: 'boxes' }],
      access: { username: 'ann', password: 'wished for' },
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      status: 'preparing',
      waitingFor: 'access is being opened',
      startsAt: null,
      resources: [{ name: 'boxes-1', credentials: null }],
    });
    await server.test.settle();
    expect(await see(ann, body.id)).toMatchObject({
      status: 'active',
      startsAt: AT,
      resources: [{ credentials: { username: 'ann', password: 'wished for' } }],
    });
  });

  test.each([
    [404, 'not_found', 'items[0].pool', { items: [{ pool: 'none' }] }],
    [
      404,
      'not_found',
      'items[1].pool',
      { items: [{ pool: 'lab' }, { pool: 'none', type: 'small' }] },
    ],
    [
      404,
      'not_found',
      'items[0].pools[1]',
      { items: [{ pools: ['lab', 'none'], type: 'castle' }] },
    ],
    [404, 'not_found', 'items[0].pools[1]', { items: [{ pools: ['lab', 'none'] }] }],
    [404, 'not_found', 'items[0]', { items: [{ pool: 'lab', type: 'castle' }] }],
    [404, 'not_found', 'items[0].resource', { items: [{ resource: 'lab-9' }] }],
    [404, 'not_found', 'items[0].resource', { items: [{ resource: 'lab-1', pool: 'vms' }] }],
    [
      404,
      'not_found',
      'items[0].resource',
      { items: [{ resource: 'lab-1', pools: ['vms', 'boxes'] }] },
    ],
    [404, 'not_found', 'items[0].resource', { items: [{ resource: 'lab-1', kind: 'vm' }] }],
    [404, 'not_found', 'items[0].resource', { items: [{ resource: 'lab-1', type: 'castle' }] }],
    [
      404,
      'not_found',
      'items[0].resource',
      { items: [{ resource: 'lab-1', labels: { zone: 'eu' } }] },
    ],
    [422, 'unsatisfiable', 'items[0].count', { items: [{ pool: 'lab', count: 3 }] }],
    [422, 'over_maximum', 'durationSeconds', { durationSeconds: 301 }],
    [400, 'invalid', 'durationSeconds', { durationSeconds: null }],
    [422, 'unsupported', 'access', { access: { username: 'ann' } }],
    [400, 'invalid', 'priority', { priority: 1 }],
    [400, 'invalid', 'items', { items: [{ resource: 'lab-1' }, { resource: 'lab-1' }] }],
  ])('%i %s %s', async (status, code, field, fields) => {
    const answer = await reserve(ann, fields);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status,
      body: problem(status, code, field),
    });
  });

  test('does not queue if told not to', async () => {
    await reserve(ann, { items: [{ pool: 'lab', count: 2 }] }).expect(201);
    expect((await reserve(bob, { queueTimeoutSeconds: 0 })).body).toEqual(
      problem(409, 'unavailable_now'),
    );
    expect((await bob.get('/v1/reservations')).body.items).toEqual([]);
  });
});

describe('credentials', () => {
  test('are for the holder only: not for others, not for an admin, not in a list', async () => {
    const { body: loan } = await reserve(ann);
    const { password } = loan.resources[0].credentials;
    expect((await bob.get(`/v1/reservations/${loan.id}`)).body).toEqual(problem(404, 'not_found'));
    const seen = await see(admin, loan.id);
    expect(seen).toEqual({ ...loan, resources: [{ ...loan.resources[0], credentials: null }] });
    for (const caller of [ann, admin])
      expect((await caller.get('/v1/reservations')).text).not.toContain(password);
    expect(
      (await see(server.basic('ann@example.org', PASSWORD), loan.id)).resources[0].credentials
        .password,
    ).toBe(password);
  });

  test('are gone the moment the lease is over, even if no job has run', async () => {
    const { body: loan } = await reserve(ann);
    server.test.clock.advance(59_999);
    expect((await see(ann, loan.id)).resources[0].credentials).toEqual(
      loan.resources[0].credentials,
    );
    server.test.clock.advance(1);
    expect(await see(ann, loan.id)).toMatchObject({
      status: 'ended',
      endReason: 'expired',
      endedAt: loan.endsAt,
      resources: [{ credentials: null }],
    });
    expect(
      (await ann.get('/v1/reservations?status=active')).body.items.map(
        ({ status }: { status: string }) => status,
      ),
    ).not.toContain('active');
  });

  test('differ for the next holder, and the old ones are refused', async () => {
    const { body: first } = await reserve(ann);
    const [{ id: resourceId, credentials: old }] = first.resources;
    const { handle } = (await server.test.engine.store.read.resource(resourceId as string))!
      .resource;
    const opens = ({ username, password }: Record<string, string>) =>
      server.test.cloud.tryLogin(handle!, username, password!);
    expect(opens(old)).toBe(true);
    await ann.delete(`/v1/reservations/${first.id}`).expect(204);
    await server.test.settle();
    const { body: second } = await reserve(bob, { items: [{ resource: resourceId }] });
    const { credentials } = second.resources[0];
    expect([credentials.password === old.password, opens(old), opens(credentials)]).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('a lease', () => {
  test('is extended within the maximum, counted from its start', async () => {
    const { body: loan } = await reserve(ann);
    const extend = (extendSeconds: number) =>
      ann.patch(`/v1/reservations/${loan.id}`).send({ extendSeconds });
    expect((await extend(120)).body).toEqual({ ...loan, endsAt: '2026-01-01T00:03:00.000Z' });
    expect((await extend(121)).body).toMatchObject(problem(422, 'over_maximum'));
    expect((await extend(120)).body.endsAt).toBe('2026-01-01T00:05:00.000Z');
  });

  test('that is over is not revived', async () => {
    const { body: loan } = await reserve(ann);
    server.test.clock.advance(60_000);
    expect(
      (await ann.patch(`/v1/reservations/${loan.id}`).send({ extendSeconds: 60 })).body,
    ).toMatchObject(problem(409, 'lease_over'));
    expect((await ann.post(`/v1/reservations/${loan.id}/heartbeat`)).body).toMatchObject(
      problem(409, 'lease_over'),
    );
  });

  test('is kept alive by heartbeats', async () => {
    const { body: loan } = await reserve(ann, { items: [{ pool: 'vms' }] });
    expect(loan.heartbeatBy).toBe('2026-01-01T00:00:30.000Z');
    server.test.clock.advance(29_999);
    expect((await ann.post(`/v1/reservations/${loan.id}/heartbeat`)).body).toEqual({
      ...loan,
      heartbeatBy: '2026-01-01T00:00:59.999Z',
      asOf: '2026-01-01T00:00:29.999Z',
    });
    server.test.clock.advance(30_000);
    expect(await see(ann, loan.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
  });

  test('that needs no heartbeat accepts one, and nothing changes', async () => {
    const { body: loan } = await reserve(ann);
    expect((await ann.post(`/v1/reservations/${loan.id}/heartbeat`)).body).toEqual(loan);
  });

  test('of another user does not exist, whatever the call', async () => {
    const { body: loan } = await reserve(ann);
    const path = `/v1/reservations/${loan.id}`;
    const tries = [
      bob.get(path),
      bob.patch(path).send({ extendSeconds: 1 }),
      bob.post(`${path}/heartbeat`),
      bob.delete(path),
    ];
    for (const { status, body } of await Promise.all(tries))
      expect({ status, body }).toEqual({ status: 404, body: problem(404, 'not_found') });
    expect((await see(ann, loan.id)).status).toBe('active');
  });
});

describe('DELETE /v1/reservations/{id}', () => {
  test('releases, and does nothing the second time', async () => {
    const { body: loan } = await reserve(ann);
    await ann.delete(`/v1/reservations/${loan.id}`).expect(204);
    const ended = await see(ann, loan.id);
    expect(ended).toMatchObject({
      status: 'ended',
      endReason: 'released',
      endedAt: AT,
      resources: [{ credentials: null, details: {} }],
    });
    await ann.delete(`/v1/reservations/${loan.id}`).expect(204);
    expect(await see(ann, loan.id)).toEqual(ended);
  });

  test('leaves the queue', async () => {
    await reserve(ann, { items: [{ pool: 'lab', count: 2 }] }).expect(201);
    const { body: waiting } = await reserve(bob);
    await bob.delete(`/v1/reservations/${waiting.id}`).expect(204);
    expect(await see(bob, waiting.id)).toMatchObject({
      status: 'ended',
      endReason: 'cancelled',
      position: null,
    });
  });

  test('by an admin revokes, and says who did it', async () => {
    const { body: loan } = await reserve(ann);
    await admin.delete(`/v1/reservations/${loan.id}`).expect(204);
    expect(await see(ann, loan.id)).toMatchObject({
      status: 'ended',
      endReason: 'revoked',
      endDetail: 'by Ada',
    });
  });
});

test("GET /v1/reservations lists the caller's own, and for an admin all, or those of one user", async () => {
  const [{ body: of_ann }, { body: of_bob }] = [await reserve(ann), await reserve(bob)];
  const ids = async (caller: Caller, query = '') =>
    (await caller.get(`/v1/reservations${query}`)).body.items
      .map((entry: { id: string }) => entry.id)
      .sort();
  expect(await ids(ann)).toEqual([of_ann.id]);
  expect(await ids(admin)).toEqual([of_ann.id, of_bob.id].sort());
  expect(await ids(admin, `?user=${of_bob.userId}`)).toEqual([of_bob.id]);
  expect(await ids(ann, `?user=${of_bob.userId}`)).toEqual([of_ann.id]);
  expect(await ids(admin, '?status=queued')).toEqual([]);
});

test('a list by status goes by what it shows, though no job has ended the lease', async () => {
  const send = (durationSeconds?: number) =>
    ann.post('/v1/reservations').send({ items: [{ pool: 'lab' }], durationSeconds });
  const [short, long] = [(await send(5).expect(201)).body, (await send(200).expect(201)).body];
  server.test.clock.advance(5_000);
  for (const [status, id] of [
    ['active', long.id],
    ['ended', short.id],
  ]) {
    const { items } = (await ann.get(`/v1/reservations?status=${status}`)).body;
    expect(items.map((item: { id: string; status: string }) => [item.status, item.id])).toEqual([
      [status, id],
    ]);
  }
});
