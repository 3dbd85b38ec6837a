import type request from 'supertest';
import type { Caller } from '../helpers/server';
import { peopled, type Peopled } from '../helpers/people';
import { PASSWORD, problem } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3 }
  - { name: other, kind: token, driver: simulated, size: 1 }
`;
const HOUR = 3_600_000;

interface Shown {
  seq: number;
  at: string;
  type: string;
  actor: { kind: string; id: string; name: string };
  requestId: string | null;
  address: string | null;
  resource: { name: string } | null;
  pool: { name: string } | null;
  reservation: string | null;
  user: string | null;
  data: Record<string, unknown>;
}

let { server, admin, ann, bob } = {} as Peopled;
beforeEach(async () => {
  ({ server, admin, ann, bob } = await peopled({ pools: POOLS }));
});

async function list(caller: Caller, query: string): Promise<Shown[]> {
  const { body } = await caller.get(`/v1/events?${query}`).expect(200);
  return body.items as Shown[];
}

async function borrow(caller: Caller, body: object): Promise<string> {
  const answer = await caller.post('/v1/reservations').send(body).expect(201);
  return answer.body.id as string;
}

const time = () => encodeURIComponent(new Date(server.test.clock.at).toISOString());
const lab3 = { items: [{ resource: 'lab-3' }] };

test('one call says who had lab-3 at a time', async () => {
  const born = time();
  server.test.clock.advance(HOUR);
  const reservation = await borrow(ann, lab3);
  const start = time();
  server.test.clock.advance(HOUR);
  const then = time();
  server.test.clock.advance(HOUR);
  await ann.delete(`/v1/reservations/${reservation}`).expect(204);
  const end = time();
  await server.test.settle();
  server.test.clock.advance(HOUR);
  await borrow(bob, lab3);
  const loans = async (query: string): Promise<unknown> =>
    (await admin.get(`/v1/resources/lab-3/loans?${query}`).expect(200)).body.items;
  const ofAnn = { reservation, user: { id: ann.userId, name: 'ann' } };
  expect(await loans(`at=${start}`)).toMatchObject([ofAnn]);
  expect(await loans(`at=${then}`)).toMatchObject([ofAnn]);
  expect(await loans(`at=${end}`)).toEqual([]);
  expect(await loans(`at=${born}`)).toEqual([]);
  expect(await loans(`at=${time()}`)).toMatchObject([{ user: { name: 'bob' }, until: null }]);
  await admin.get(`/v1/resources/none/loans?at=${then}`).expect(404);
});

test('one call says who put lab-3 into maintenance and why', async () => {
  await admin
    .patch('/v1/resources/lab-3')
    .send({ adminState: 'maintenance', reason: 'its fan is broken' })
    .expect(200);
  expect(await list(admin, 'resource=lab-3&type=resource.admin_state')).toMatchObject([
    {
      actor: { kind: 'token', name: 'Ada' },
      data: { from: 'in_service', to: 'maintenance', reason: 'its fan is broken' },
    },
  ]);
});

test('one call says who reset the password of Bob, and from where', async () => {
  await admin
    .patch(`/v1/users/${bob.userId}`)
    .set('X-Request-ID', 'reset-1')
    .send({ password: 'another password' })
    .expect(200);
  const events = await list(admin, 'user=bob@example.org&type=user.password');
  expect(events).toMatchObject([
    { actor: { name: 'Ada' }, address: '127.0.0.1', requestId: 'reset-1', data: { by: 'other' } },
  ]);
  expect(JSON.stringify(events)).not.toContain('another password');
});

test('a reason on DELETE stands in the event and in the reservation', async () => {
  const reservation = await borrow(ann, lab3);
  await admin.delete(`/v1/reservations/${reservation}?reason=demo%20at%20noon`).expect(204);
  expect(await list(admin, `reservation=${reservation}&type=reservation.ended`)).toMatchObject([
    { data: { reason: 'revoked', detail: 'by Ada: demo at noon' } },
  ]);
});

test('others see what is about them, and not from where somebody else did it', async () => {
  await admin.patch(`/v1/users/${bob.userId}`).send({ name: 'Robert' }).expect(200);
  const reservation = await borrow(ann, lab3);
  await borrow(bob, { items: [{ pool: 'other' }] });
  const own = await list(bob, '');
  expect(new Set(own.map(({ user }) => user))).toEqual(new Set([bob.userId]));
  expect(own.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['user.changed', 'reservation.active', 'resource.allocated']),
  );
  for (const { actor, address, requestId } of own)
    expect([address !== null, requestId !== null]).toEqual(Array(2).fill(actor.id === bob.userId));
  expect(await list(bob, `reservation=${reservation}`)).toEqual([]);
  expect(await list(bob, `user=${ann.userId}&resource=lab-3`)).toEqual([]);
});

test('every filter finds the same as a look at all events', async () => {
  await borrow(ann, lab3);
  server.test.clock.advance(HOUR);
  const then = time();
  await borrow(bob, { items: [{ pool: 'other' }] });
  await admin.patch('/v1/pools/lab').send({ size: 4 }).expect(200);
  const all = await list(admin, 'limit=1000&order=asc');
  expect(all.map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq).sort((a, b) => a - b));
  const [instant] = [decodeURIComponent(then)];
  const cases: [string, (event: Shown) => boolean][] = [
    ['pool=lab', ({ pool }) => pool?.name === 'lab'],
    ['resource=lab-3', ({ resource }) => resource?.name === 'lab-3'],
    [`user=${ann.userId}`, ({ user }) => user === ann.userId],
    ['actor=ann@example.org', ({ actor }) => actor.id === ann.userId],
    ['actor=server', ({ actor }) => actor.id === 'server'],
    ['type=pool.changed', ({ type }) => type === 'pool.changed'],
    ['type=resource.status', ({ type }) => type === 'resource.status'],
    ['type=user.created,pool.changed', ({ type }) => /^(user.created|pool.changed)$/.test(type)],
    [`since=${then}`, ({ at }) => at >= instant],
    [`until=${then}`, ({ at }) => at < instant],
    [
      `pool=lab&actor=${ann.userId}&type=resource.allocated&until=${then}`,
      ({ pool, actor, type, at }) =>
        pool?.name === 'lab' &&
        actor.id === ann.userId &&
        type === 'resource.allocated' &&
        at < instant,
    ],
  ];
  for (const [query, matches] of cases) {
    const expected = all.filter(matches).map(({ seq }) => seq);
    const found = await list(admin, `${query}&limit=1000&order=asc`);
    expect([query, found.map(({ seq }) => seq)]).toEqual([query, expected]);
    expect(expected.length).toBeGreaterThan(0);
  }
});

test.each(['asc', 'desc'])('pages in order %s meet without a gap', async (order) => {
  const whole = await list(admin, `limit=1000&order=${order}`);
  const seen: Shown[] = [];
  for (let path: string | undefined = `/v1/events?limit=4&order=${order}`; path;) {
    const { body, headers }: request.Response = await admin.get(path).expect(200);
    seen.push(...(body.items as Shown[]));
    path = /<([^>]+)>/.exec(headers.link ?? '')?.[1];
  }
  expect(seen).toEqual(whole);
});

test('an export has one event a line, all of them', async () => {
  const whole = await list(admin, 'limit=1000');
  const { text, headers } = await admin.get('/v1/events?format=ndjson&limit=1').expect(200);
  expect(headers['content-type']).toBe('application/x-ndjson');
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Shown),
  ).toEqual(whole);
  expect(text).not.toMatch(new RegExp(`${PASSWORD}|hf_`));
});

test.each([
  ['type=nothing', 'type[0]'],
  ['since=yesterday', 'since'],
  ['order=up', 'order'],
  ['cursor=x', 'cursor'],
])('%s is refused, with its field', async (query, field) => {
  const { body } = await admin.get(`/v1/events?${query}`).expect(400);
  expect(body).toMatchObject(problem(400, 'invalid', field));
});

test('an unknown pool or resource is not found; one that is gone is found by its id', async () => {
  await admin.get('/v1/events?pool=none').expect(404);
  await admin.get('/v1/events?resource=none').expect(404);
  const [made] = await list(admin, 'pool=other&type=pool.created');
  const { id } = made!.pool as unknown as { id: string };
  await admin.delete('/v1/pools/other').expect(202);
  await server.test.settle();
  server.test.clock.advance(HOUR);
  await server.test.settle();
  expect(await list(admin, `pool=${id}&type=pool.created`)).toHaveLength(1);
});
