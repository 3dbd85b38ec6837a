import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { hashToken } from '../../src/crypto/tokens';
import { openForReading } from '../../src/sqlite/open';
import type { Caller } from '../helpers/server';
import { PASSWORD, problem, TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 3, lease: { default: 60s, heartbeat: 30s } }
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

const once = (caller: Caller, path: string, body: object, key = 'key-1') =>
  caller.post(path).set('Idempotency-Key', key).send(body);
const reserve = (caller: Caller, body: object = { items: [{ pool: 'lab' }] }, key = 'key-1') =>
  once(caller, '/v1/reservations', body, key);

test('the same request with the same key happens once', async () => {
  const first = await reserve(ann);
  const again = await reserve(ann);
  expect([first.status, again.status]).toEqual([201, 201]);
  expect(again.body).toEqual(first.body);
  expect((await ann.get('/v1/reservations')).body.items).toHaveLength(1);
});

test('even if many come at once', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => reserve(ann)));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
});

test('the stored form of a request with a password is no help for guessing it', async () => {
  const body = { name: 'Bob', email: 'bob@example.org', password: PASSWORD };
  await once(admin, '/v1/users', body).expect(201);
  const rows = openForReading(join(server.test.dataDir, 'holdfast.db'));
  const kept = rows.prepare('SELECT request_hash FROM idempotency_keys').pluck().all();
  rows.close();
  expect(kept).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(kept).not.toContain(hashToken(canonicalize(body)!));
});

test('the order of keys and white space do not matter', async () => {
  const [one, two] = [
    '{"items":[{"pool":"lab","count":1}],"priority":0}',
    '{ "priority": 0, "items": [ { "count": 1, "pool": "lab" } ] }',
  ];
  const send = (text: string) =>
    ann
      .post('/v1/reservations')
      .set({ 'Idempotency-Key': 'key-1', 'Content-Type': 'application/json' })
      .send(text);
  expect((await send(two)).body.id).toBe((await send(one)).body.id);
});

test('another body under the same key is a 422, and does nothing', async () => {
  await reserve(ann).expect(201);
  const { status, body } = await reserve(ann, { items: [{ pool: 'lab', count: 2 }] });
  expect({ status, body }).toEqual({
    status: 422,
    body: problem(422, 'idempotency_mismatch', 'Idempotency-Key'),
  });
});

test('a key belongs to one caller, and to one path', async () => {
  const mine = await reserve(ann);
  const yours = await reserve(await server.user('bob'));
  expect(yours.body.id).not.toBe(mine.body.id);
  expect((await once(ann, '/v1/tokens', { name: 'laptop' })).status).toBe(201);
});

test('a replay shows the present state: active by now, later ended and without credentials', async () => {
  const blocker = await reserve(admin, { items: [{ pool: 'lab', count: 3 }] });
  expect((await reserve(ann)).status).toBe(202);
  await admin.delete(`/v1/reservations/${blocker.body.id}`).expect(204);
  await server.test.settle();
  const active = await reserve(ann);
  expect(active).toMatchObject({
    status: 201,
    body: { status: 'active', resources: [{ credentials: { password: expect.any(String) } }] },
  });
  await ann.delete(`/v1/reservations/${active.body.id}`).expect(204);
  expect((await reserve(ann)).body).toMatchObject({
    id: active.body.id,
    status: 'ended',
    resources: [{ credentials: null }],
  });
});

test('a failure is not remembered', async () => {
  const body = { items: [{ pool: 'lab', count: 3 }], queueTimeoutSeconds: 0 };
  const blocker = await reserve(admin);
  expect((await reserve(ann, body)).status).toBe(409);
  await admin.delete(`/v1/reservations/${blocker.body.id}`).expect(204);
  await server.test.settle();
  expect((await reserve(ann, body)).status).toBe(201);
});

test('repeating the creation of a token gives the token without its secret', async () => {
  const first = await once(ann, '/v1/tokens', { name: 'laptop' });
  const again = await once(ann, '/v1/tokens', { name: 'laptop' });
  expect(again.status).toBe(201);
  expect(again.body).toEqual({ ...first.body, token: null });
});

test('every POST that creates something accepts a key', async () => {
  const calls: [string, object][] = [
    ['/v1/users', { name: 'Bob', email: 'bob@example.org', password: PASSWORD }],
    ['/v1/pools', { name: 'boxes', kind: 'container', driver: 'simulated', size: 1 }],
    ['/v1/resources', { pool: 'tokens' }],
    ['/v1/resources/lab-3/clean', {}],
  ];
  for (const [path, body] of calls) {
    const [first, again] = [await once(admin, path, body), await once(admin, path, body)];
    expect([path, again.status]).toEqual([path, first.status]);
    expect(again.body.id).toBe(first.body.id);
  }
  expect((await admin.get('/v1/resources?pool=tokens')).body.items).toHaveLength(1);
});

test('a repeated heartbeat does not count twice', async () => {
  const { body: loan } = await reserve(ann);
  const path = `/v1/reservations/${loan.id}/heartbeat`;
  server.test.clock.advance(10_000);
  const first = await once(ann, path, {}, 'beat-1');
  server.test.clock.advance(10_000);
  expect((await once(ann, path, {}, 'beat-1')).body.heartbeatBy).toBe(first.body.heartbeatBy);
  expect((await once(ann, path, {}, 'beat-2')).body.heartbeatBy).not.toBe(first.body.heartbeatBy);
});

test('a key is 1 to 255 visible characters', async () => {
  expect((await reserve(ann, undefined, 'x'.repeat(256))).body).toEqual(
    problem(400, 'invalid', 'Idempotency-Key'),
  );
  expect((await reserve(ann, undefined, 'two words')).body).toEqual(
    problem(400, 'invalid', 'Idempotency-Key'),
  );
  expect((await reserve(ann, undefined, 'x'.repeat(255))).status).toBe(201);
});

test('a path is the same in every spelling', async () => {
  const { body: loan } = await reserve(ann);
  for (const path of ['/v1/reservations/', '/v1/Reservations', '/V1/reservations']) {
    const again = await once(ann, path, { items: [{ pool: 'lab' }] });
    expect([path, again.body.id]).toEqual([path, loan.id]);
  }
  const cleaned = await once(admin, '/v1/resources/lab-3/clean', {});
  const events = await server.test.engine.store.read.lastSeq();
  const again = await once(admin, '/v1/resources/lab%2D3/clean/', {});
  expect(again.body.id).toBe(cleaned.body.id);
  expect(await server.test.engine.store.read.lastSeq()).toBe(events);
});

test('a repeated extension does not count twice', async () => {
  const { body: loan } = await reserve(ann);
  const extend = (key: string, extendSeconds = 60) =>
    ann.patch(`/v1/reservations/${loan.id}`).set('Idempotency-Key', key).send({ extendSeconds });
  const first = await extend('extension-1').expect(200);
  expect(first.body.endsAt).not.toBe(loan.endsAt);
  expect((await extend('extension-1').expect(200)).body.endsAt).toBe(first.body.endsAt);
  expect((await extend('extension-1', 61)).body).toEqual(
    problem(422, 'idempotency_mismatch', 'Idempotency-Key'),
  );
  expect((await extend('extension-2').expect(200)).body.endsAt).not.toBe(first.body.endsAt);
});

test('a call that would ignore a key is refused', async () => {
  const { body: loan } = await reserve(ann);
  const refused = problem(400, 'invalid', 'Idempotency-Key');
  const keyed = { 'Idempotency-Key': 'key-2' };
  const path = `/v1/reservations/${loan.id}`;
  expect((await ann.get(path).set(keyed)).body).toEqual(refused);
  expect((await ann.delete(path).set(keyed)).body).toEqual(refused);
  expect((await admin.patch('/v1/pools/lab').set(keyed).send({ size: 4 })).body).toEqual(refused);
  expect((await ann.get(path)).body.status).toBe('active');
});
