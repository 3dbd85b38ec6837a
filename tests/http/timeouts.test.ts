import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TIMEOUTS } from '../../src/http/timeouts';
import { SlowCaller } from '../helpers/slow-caller';
import { TestServer, type Caller } from '../helpers/server';

/** Short enough for a test; the held answer takes longer than all of them. */
const SHORT = {
  headersTimeout: 200,
  requestTimeout: 400,
  keepAliveTimeout: 300,
  connectionsCheckingInterval: 20,
};
const HELD_SECONDS = 2;
const HEAD = 'POST /v1/setup HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n';
const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';

let server: TestServer;
let caller: SlowCaller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS, timeouts: SHORT });
  caller = await SlowCaller.connect(server.url);
});

afterEach(() => caller.hangUp());

test('a silent connection is cut off', async () => {
  expect(await caller.closed()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a caller that sends headers byte by byte is cut off, however steadily', async () => {
  caller.say(`${HEAD}X-Slow: `);
  caller.dribble('a', 10);
  expect(await caller.closed()).toMatch(/^HTTP\/1\.1 408 /);
});

test('a caller that sends a body byte by byte is cut off, and nothing is done', async () => {
  caller.say(`${HEAD}Content-Length: 10000\r\n\r\n`);
  caller.dribble(' ', 10);
  expect(await caller.closed()).toMatch(/^HTTP\/1\.1 408 /);
  expect(server.logged.filter(({ level }) => level !== 'info')).toEqual([]);
});

test('a caller that stops in the middle of a body is cut off', async () => {
  caller.say(`${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n{"set`);
  expect(await caller.closed()).toMatch(/^HTTP\/1\.1 408 /);
});

test('an idle connection is closed silently after the answer', async () => {
  caller.say('GET /livez HTTP/1.1\r\nHost: here\r\n\r\n');
  await caller.hears(/"status":"ok"/);
  const [answered, begun] = [caller.heard, performance.now()];
  expect(await caller.closed()).toBe(answered);
  // Node adds a second to its setting; its own default would be five.
  expect(performance.now() - begun).toBeLessThan(4_500);
});

test('a held answer is not cut, although it takes longer than any of these limits', async () => {
  const admin: Caller = await server.admin();
  await admin
    .post('/v1/reservations')
    .send({ items: [{ pool: 'lab' }] })
    .expect(201);
  const queued = await admin
    .post('/v1/reservations')
    .send({ items: [{ pool: 'lab' }] })
    .expect(202);
  const begun = performance.now();
  const { status, body } = await admin.get(
    `/v1/reservations/${queued.body.id}?wait=${HELD_SECONDS}`,
  );
  expect({ status, of: body.status }).toEqual({ status: 200, of: 'queued' });
  expect(performance.now() - begun).toBeGreaterThan(1_000 * HELD_SECONDS - 100);
});

test('the real times are those in docs/operations.md', () => {
  const told = readFileSync(join(__dirname, '../../docs/operations.md'), 'utf8');
  const { headersTimeout, requestTimeout, keepAliveTimeout } = TIMEOUTS;
  expect(told).toContain(
    `headers within ${headersTimeout / 1000} s, a body within ${requestTimeout / 1000} s, ` +
      `an idle connection for ${keepAliveTimeout / 1000} s`,
  );
});
