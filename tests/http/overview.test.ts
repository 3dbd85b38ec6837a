import type { OverviewAnswer } from '../../src/api/overview';
import type { Change } from '../../src/domain/change';
import { TestServer, type Caller } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3, labels: { zone: a },
      types: [{ name: big }, { name: small }] }
  - { name: hosts, kind: vm, driver: simulated, size: 1 }
`;

let server: TestServer;
let admin: Caller;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({
    pools: POOLS,
  });
  admin = await server.admin();
  ann = await server.user('ann');
});

const look = async (caller: Caller = ann) =>
  (await caller.get('/v1/overview').expect(200)).body as OverviewAnswer;
const poolIn = ({ pools }: OverviewAnswer, name: string) =>
  pools.find((pool) => pool.name === name)!;

const ask = async (body: object, by: Caller = ann) =>
  (await by.post('/v1/reservations').send(body)).body as { id: string };

const commit = (...changes: Change[]) =>
  server.test.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
    changes,
    value: undefined,
  }));

test('shows each pool as its own call does, with its resources in the order of their numbers', async () => {
  const seen = await look(admin);
  expect(seen.asOf).toBe(new Date(server.test.clock.now()).toISOString());
  expect(seen.reservations).toEqual({ queued: 0, preparing: 0, active: 0 });
  expect(seen.pools.map(({ name }) => name)).toEqual(['hosts', 'lab']);
  for (const { seq, types, queue, resources, ...rest } of seen.pools) {
    const pool = (await admin.get(`/v1/pools/${rest.name}`)).body as { types: { name: string }[] };
    expect(pool).toMatchObject(rest);
    expect(types).toEqual(pool.types.map(({ name }) => name));
    expect(queue).toEqual({ length: 0, oldestSince: null });
    expect(seq).toBeGreaterThan(0);
    expect(seq).toBeLessThanOrEqual(seen.seq);
    expect(resources!.map(({ name }) => name)).toEqual(
      resources!.map((_, at) => `${rest.name}-${at + 1}`),
    );
    const { items } = (await admin.get(`/v1/resources?pool=${rest.name}`)).body as {
      items: { id: string; type: string }[];
    };
    for (const { id, type } of resources!)
      expect(items.find((item) => item.id === id)).toMatchObject({ type });
  }
});

test('its resources, counted by state, are its counts', async () => {
  await ask({ items: [{ pool: 'lab', type: 'big' }] });
  await admin.patch('/v1/resources/lab-2').send({ adminState: 'maintenance' }).expect(200);
  const { counts, resources } = poolIn(await look(), 'lab');
  const counted = { total: resources!.length } as Record<string, number>;
  for (const { state } of resources!) counted[state] = (counted[state] ?? 0) + 1;
  expect(counts).toMatchObject({ maintenance: 1, allocated: 1 });
  expect(Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))).toEqual(
    counted,
  );
});

test('a request for either of two types waits once; the queue tells since when', async () => {
  for (let loan = 0; loan < 3; loan += 1) await ask({ items: [{ pool: 'lab' }] });
  const since = new Date(server.test.clock.now()).toISOString();
  const { id } = await ask({ items: [{ pool: 'lab' }] });
  server.test.clock.advance(1_000);
  await ask({ items: [{ pool: 'lab', type: 'big' }] });
  const waited = await look();
  expect(waited.reservations).toEqual({ queued: 2, preparing: 0, active: 3 });
  expect(poolIn(waited, 'lab').queue).toEqual({ length: 2, oldestSince: since });
  await ann.delete(`/v1/reservations/${id}`).expect(204);
  const later = poolIn(await look(), 'lab');
  expect(later.queue.length).toBe(1);
  expect(later.seq).toBeGreaterThan(poolIn(waited, 'lab').seq);
});

test('the number of a pool rises with its own changes only', async () => {
  const before = await look();
  await ask({ items: [{ pool: 'lab' }] });
  const after = await look();
  expect(after.seq).toBeGreaterThan(before.seq);
  expect(poolIn(after, 'lab').seq).toBeGreaterThan(poolIn(before, 'lab').seq);
  expect(poolIn(after, 'hosts')).toEqual(poolIn(before, 'hosts'));
});

test('callers see the same, but only admins why a pool fails', async () => {
  expect(await look(ann)).toEqual(withoutFailing(await look(admin)));
  const { id: poolId } = poolIn(await look(), 'lab');
  const breaker = { poolId, failures: 5, openUntil: 9_000, reason: 'it is away', since: 4_000 };
  await commit({ do: 'setBreaker', breaker });
  const seen = await look(admin);
  expect(poolIn(seen, 'hosts').failing).toBeNull();
  expect(poolIn(seen, 'lab').failing).toEqual({
    reason: 'it is away',
    since: '1970-01-01T00:00:04.000Z',
    retryAt: '1970-01-01T00:00:09.000Z',
  });
  expect(await look(ann)).toEqual(withoutFailing(seen));
});

function withoutFailing({ pools, ...rest }: OverviewAnswer): OverviewAnswer {
  return { ...rest, pools: pools.map(({ failing: _, ...pool }) => pool) };
}

test('a pool that is being deleted says so until it is gone', async () => {
  const { id } = await ask({ items: [{ pool: 'hosts' }] });
  await admin.delete('/v1/pools/hosts').expect(202);
  expect(poolIn(await look(), 'hosts').deleting).toBe(true);
  await ann.delete(`/v1/reservations/${id}`).expect(204);
  await server.test.settle();
  server.test.clock.advance(600_000);
  await server.test.settle();
  expect((await look()).pools.map(({ name }) => name)).toEqual(['lab']);
});

test('without a pool, it is empty', async () => {
  const empty = await TestServer.start();
  const { pools } = await look(await empty.admin());
  expect(pools).toEqual([]);
});

test('of a pool with more than 200 resources, only the counts tell', async () => {
  for (const [name, size] of [
    ['most', 200],
    ['more', 201],
  ] as const)
    await admin
      .post('/v1/pools')
      .send({ name, size, kind: 'token', driver: 'simulated' })
      .expect(201);
  await server.test.reconcile();
  const seen = await look();
  expect(poolIn(seen, 'most').resources).toHaveLength(200);
  expect(poolIn(seen, 'more')).toMatchObject({ resources: null, counts: { total: 201 } });
});

test('texts of any kind are told as they are', async () => {
  const text = '</script><img src=x onerror=alert(1)>\\"\r\n\ndata: x\u2028 %00';
  await admin
    .patch('/v1/pools/lab')
    .send({ labels: { zone: '"}</script>' } })
    .expect(200);
  const { id: poolId, resources } = poolIn(await look(), 'lab');
  const breaker = { poolId, failures: 5, openUntil: 9_000, reason: text, since: 4_000 };
  await commit(
    { do: 'setResource', id: resources![0]!.id, set: { name: text } },
    { do: 'setBreaker', breaker },
  );
  const lab = poolIn(await look(admin), 'lab');
  expect(lab.labels).toEqual({ zone: '"}</script>' });
  expect([lab.failing!.reason, lab.resources![0]!.name]).toEqual([text, text]);
});
