import type { HistoryAnswer } from '../../src/api/history';
import { problem, TestServer, type Caller } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 1h, maximum: 2h } }
  - { name: none, kind: token, driver: simulated, size: 0 }
`;
const MINUTE = 60_000;

let server: TestServer;
let admin: Caller;
let ann: Caller;
let bob: Caller;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  admin = await server.admin();
  ann = await server.user('ann');
  bob = await server.user('bob');
});

const look = async (path = '/v1/pools/lab/history', by = ann) =>
  (await by.get(path).expect(200)).body as HistoryAnswer;

/** Ann has one for half an hour while Bob waits for two, and gives up. */
async function use(): Promise<void> {
  const items = (count: number) => ({ items: [{ pool: 'lab', count }] });
  const { id } = (await ann.post('/v1/reservations').send(items(1))).body as { id: string };
  await bob.post('/v1/reservations').send({ ...items(2), queueTimeoutSeconds: 600 });
  await server.test.after(30 * MINUTE);
  await ann.delete(`/v1/reservations/${id}`).expect(204);
  await server.test.settle();
  await server.test.after(30 * MINUTE);
}

test('tells the use, waits, returns and failures of the last fourteen days, today last', async () => {
  await use();
  const { steps, ...seen } = await look();
  const now = new Date(server.test.clock.now()).toISOString();
  expect(seen).toEqual({ pool: 'lab', now, step: 'day', isComplete: true });
  expect(steps).toHaveLength(14);
  expect(steps.at(-1)!.until).toBe(now);
  for (const [index, { since, until }] of steps.entries()) {
    expect(since).toMatch(/T00:00:00\.000Z$/);
    if (index < 13) expect(until).toBe(steps[index + 1]!.since);
  }
  const { since: _since, until: _until, ...today } = steps.at(-1)!;
  expect(today).toEqual({
    use: { share: 0.25, heldSeconds: 1_800, resourceSeconds: 7_200 },
    loans: { started: 1, ended: { released: 1, expired: 0, revoked: 0, failed: 0 } },
    waits: {
      ...{ waited: 0, p50Seconds: 0, p95Seconds: 0, maxSeconds: 0 },
      unserved: { cancelled: 0, timed_out: 1, refused: 0, revoked: 0 },
    },
    returns: {
      ...{ count: 1, p50Seconds: 0, p95Seconds: 0, maxSeconds: 0 },
      levels: { R0: 0, R1: 1, R2: 0, R3: 0, R4: 0 },
    },
    failures: { cleanings: 0, calls: 0, quarantines: 0, lostLeases: 0 },
  });
});

test('of few days tells the hours', async () => {
  await use();
  const { step, steps } = await look('/v1/pools/lab/history?days=1');
  expect([step, steps.length]).toEqual(['hour', 24]);
  expect(steps.reduce((sum, { use: { heldSeconds } }) => sum + heldSeconds, 0)).toBe(1_800);
  expect((await look('/v1/pools/lab/history?days=90')).steps).toHaveLength(90);
});

test('of a pool without resources, shares and times are unknown', async () => {
  const { steps } = await look('/v1/pools/none/history');
  for (const { use: used, waits, returns } of steps) {
    expect(used).toEqual({ share: null, heldSeconds: 0, resourceSeconds: 0 });
    expect([waits.p50Seconds, returns.p95Seconds]).toEqual([null, null]);
  }
});

test('is the same for everybody, and names nobody', async () => {
  await use();
  const [seen, all] = [await look(), await look('/v1/history')];
  for (const by of [bob, admin]) expect(await look('/v1/pools/lab/history', by)).toEqual(seen);
  expect(all.pool).toBeNull();
  expect(all.steps).toEqual(seen.steps);
  expect(JSON.stringify([seen, all])).not.toMatch(/ann|bob/i);
});

test.each([
  ['days=0', 'days'],
  ['days=91', 'days'],
  ['days=x', 'days'],
  ['day=1', 'day'],
])('refuses %s', async (query, field) => {
  for (const path of ['/v1/history', '/v1/pools/lab/history'])
    expect((await ann.get(`${path}?${query}`)).body).toEqual(problem(400, 'invalid', field));
});

test('of a pool that does not exist is not found', async () => {
  const answer = await ann.get('/v1/pools/other/history');
  expect(answer.body).toEqual(problem(404, 'not_found'));
});
