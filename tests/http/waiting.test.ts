import type { Request } from 'express';
import { waitOf } from '../../src/http/parse';
import { until } from '../../src/service/wait-until';
import type { Caller } from '../helpers/server';
import { begun, reached } from '../helpers/waiting';
import { problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1 }
  - { name: vms, kind: vm, driver: simulated, size: 1 }
  - { name: boxes, kind: container, driver: simulated, size: 1, settings: { opensAccess: true } }
`;

let server: TestServer;
let ann: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  ann = await server.user('ann');
});

const reserve = (caller: Caller, pool: string, query = '') =>
  caller.post(`/v1/reservations${query}`).send({ items: [{ pool }] });
const release = (caller: Caller, id: unknown) =>
  caller.delete(`/v1/reservations/${String(id)}`).expect(204);

test('a held request is answered when the resource arrives, long before the time is up', async () => {
  const { body: loan } = await reserve(ann, 'lab');
  const held = begun(reserve(ann, 'lab', '?wait=60'));
  await reached(server, 'queued', 1);
  await release(ann, loan.id);
  await server.test.settle();
  const { status, headers, body } = await held;
  expect({ status, applied: headers['preference-applied'] }).toEqual({
    status: 201,
    applied: 'wait=60',
  });
  expect(body).toMatchObject({
    status: 'active',
    resources: [{ name: 'lab-1', credentials: { password: expect.any(String) } }],
  });
});

test('a request held until access is open is answered just as early', async () => {
  const held = begun(reserve(ann, 'boxes', '?wait=60'));
  await reached(server, 'preparing', 1);
  await server.test.settle();
  expect(await held).toMatchObject({ status: 201, body: { status: 'active' } });
});

test('Prefer: wait does the same, and ?wait= takes precedence', async () => {
  await reserve(ann, 'lab').expect(201);
  const preferred = await reserve(ann, 'lab').set('Prefer', 'respond-async, wait=1');
  expect([preferred.status, preferred.headers['preference-applied']]).toEqual([202, 'wait=1']);
  const both = await reserve(ann, 'lab', '?wait=0').set('Prefer', 'wait=60');
  expect([both.status, both.headers['preference-applied']]).toEqual([202, undefined]);
});

test.each([
  [undefined, undefined, 0],
  ['wait=5', undefined, 5],
  ['wait=60', undefined, 60],
  ['wait=61', undefined, 60],
  ['wait=3600', undefined, 60],
  ['wait=999999', undefined, 60],
  ['wait=1000000', undefined, 0],
  ['WAIT=5; x=1, respond-async', undefined, 5],
  ['respond-async,wait=5', undefined, 5],
  ['await=5', undefined, 0],
  ['wait=5s', undefined, 0],
  ['wait=-5', undefined, 0],
  ['wait=5', 0, 0],
  ['wait=5', 7, 7],
])('Prefer: %s and ?wait=%s hold an answer for %i s, a minute at most', (prefer, wait, seconds) => {
  const request = { get: (name: string) => (name === 'Prefer' ? prefer : undefined) };
  expect(waitOf(request as unknown as Request, { wait })).toBe(seconds);
});

test('a held GET is answered however the wait ends', async () => {
  await reserve(ann, 'lab').expect(201);
  const waits = await Promise.all([1, 2].map(() => reserve(ann, 'lab')));
  const held = waits.map(({ body }) => begun(ann.get(`/v1/reservations/${body.id}?wait=60`)));
  await release(ann, waits[0]!.body.id);
  expect((await held[0]!).body).toMatchObject({ status: 'ended', endReason: 'cancelled' });
  await (await server.admin()).delete('/v1/pools/lab').expect(202);
  await server.test.reconcile();
  expect((await held[1]!).body).toMatchObject({ status: 'ended', endReason: 'refused' });
});

describe('a request that ends unserved while it is held is a problem', () => {
  const ask = (terms: object = {}) =>
    begun(ann.post('/v1/reservations?wait=60').send({ items: [{ pool: 'lab' }], ...terms }));
  const notServed = (detail: RegExp) => ({
    status: 409,
    body: { ...problem(409, 'not_served'), detail: expect.stringMatching(detail) },
  });

  beforeEach(() => reserve(ann, 'lab').expect(201));

  test('where its time in the queue has passed', async () => {
    const held = ask({ queueTimeoutSeconds: 5 });
    await reached(server, 'queued', 1);
    await server.test.after(5_000);
    expect(await held).toMatchObject(notServed(/had no lease: its time in the queue passed\.$/));
  });

  test('where it was cancelled', async () => {
    const held = ask();
    await reached(server, 'queued', 1);
    const { items } = (await ann.get('/v1/reservations?status=queued')).body;
    await release(ann, items[0].id);
    expect(await held).toMatchObject(
      notServed(new RegExp(`^Reservation ${items[0].id} had no lease: it was cancelled\\.$`)),
    );
  });

  test('where it was refused, because its pool is being deleted', async () => {
    const held = ask();
    await reached(server, 'queued', 1);
    await (await server.admin()).delete('/v1/pools/lab').expect(202);
    await server.test.reconcile();
    expect(await held).toMatchObject(notServed(/it was refused \(.+\)\.$/));
  });

  test('and so is its repetition under the same key', async () => {
    const send = () =>
      ann
        .post('/v1/reservations')
        .set('Idempotency-Key', 'once')
        .send({ items: [{ pool: 'lab' }], queueTimeoutSeconds: 5 });
    await send().expect(202);
    await server.test.after(5_000);
    expect((await send()).body).toEqual(problem(409, 'not_served'));
  });
});

test('a caller who hangs up keeps the place in the queue', async () => {
  await reserve(ann, 'lab').expect(201);
  const abandoned = reserve(ann, 'lab', '?wait=60');
  const gone = begun(abandoned).catch((error: Error) => error.name);
  await reached(server, 'queued', 1);
  abandoned.abort();
  await gone;
  expect((await ann.get('/v1/reservations?status=queued')).body.items).toHaveLength(1);
});

test('when the server stops, held calls are answered with the present state', async () => {
  await reserve(ann, 'lab').expect(201);
  const held = begun(reserve(ann, 'lab', '?wait=60'));
  await reached(server, 'queued', 1);
  server.services.waiting.stop();
  expect(await held).toMatchObject({ status: 202, body: { status: 'queued', position: 1 } });
});

test('when the server stops, a held release is answered, though access is not closed yet', async () => {
  const { body: loan } = await reserve(ann, 'boxes');
  await server.test.settle();
  const held = begun(ann.delete(`/v1/reservations/${loan.id}?wait=60`));
  const { store } = server.test.engine;
  const isOver = async () => (await store.read.reservation(loan.id))!.status === 'ended';
  await until(store, isOver, 10_000);
  server.services.waiting.stop();
  expect((await held).status).toBe(204);
});

test(
  'a queue: by priority, then time, and a bundle of two kinds once both are free; ' +
    'each held answer comes in its turn',
  async () => {
    const admin = await server.admin();
    const { body: account } = await reserve(admin, 'lab');
    const { body: vm } = await reserve(admin, 'vms');
    const order: string[] = [];
    const ask = (name: string, items: object[], terms: object = {}) =>
      begun(admin.post('/v1/reservations?wait=60').send({ items, ...terms })).then(
        ({ status, body }) => {
          expect(status).toBe(201);
          order.push(name);
          return body.id as string;
        },
      );
    const lab = [{ pool: 'lab' }];
    // It lasts too long to be lent what the bundle holds until the VM is back.
    const low = ask('low', lab, { durationSeconds: 7_200 });
    await reached(server, 'queued', 1);
    const bundle = ask('bundle', [...lab, { pool: 'vms' }], { priority: 1 });
    await reached(server, 'queued', 2);
    const high = ask('high', lab, { priority: 5 });
    await reached(server, 'queued', 3);
    await release(admin, account.id);
    await server.test.settle();
    await release(admin, await high);
    await server.test.settle();
    // The bundle is next and holds the account that became free: nobody behind it gets that.
    expect(order).toEqual(['high']);
    await release(admin, vm.id);
    await server.test.settle();
    await release(admin, await bundle);
    await server.test.settle();
    await low;
    expect(order).toEqual(['high', 'bundle', 'low']);
  },
);
