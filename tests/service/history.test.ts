import { Histories } from '../../src/service/pools/histories';
import { prune, RETENTION } from '../../src/service/installation/housekeeping';
import { countHistory } from '../../src/service/installation/history-keeping';
import { codeOf, somebody, TestClock, TestEngine } from '../helpers/engine';

/** The history of a pool, from real loans on a real database; the clock is moved by hand. */

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 2, lease: { default: 1h, maximum: 48h } }
`;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIDNIGHT = Date.parse('2026-01-02T00:00:00Z');

const ann = somebody('ann');
let engine: TestEngine;

beforeEach(async () => {
  engine = await TestEngine.start({ pools: POOLS, clock: new TestClock(MIDNIGHT - 2 * HOUR) });
});

const history = (days = 3, name: string | null = 'lab') =>
  new Histories(engine.engine).of(name, days);
const figures = async (...asked: Parameters<typeof history>) =>
  (await history(...asked)).steps.map((step) => step.figures);
const count = () => countHistory(engine.engine);

test('a loan across midnight counts in both days, before and after it is counted', async () => {
  const { id } = await engine.reserve(ann, { pool: 'lab', count: 2, duration: 24 * HOUR });
  await engine.after(5 * HOUR);
  const whileItLasts = await figures();
  expect(whileItLasts.map(({ held, started }) => [held, started])).toEqual([
    [0, 0],
    [2 * 2 * HOUR, 1],
    [2 * 3 * HOUR, 0],
  ]);
  await engine.release(ann, id);
  await engine.settle();
  await engine.after(1);
  const uncounted = await figures();
  expect(uncounted[2]).toMatchObject({ held: 2 * 3 * HOUR, ended: { released: 1 } });
  expect(uncounted[2]!.returns).toMatchObject({ count: 2 });
  await count();
  expect(await figures()).toEqual(uncounted);
  await count();
  expect(await figures()).toEqual(uncounted);
});

test('resources count from when they were made, and the waits of those who were served', async () => {
  const first = await engine.reserve(ann, { pool: 'lab', count: 2 });
  await engine.after(MINUTE);
  const second = await engine.reserve(somebody('bea'), { pool: 'lab', queueTimeout: HOUR });
  await engine.reserve(somebody('cyd'), { pool: 'lab', count: 2, queueTimeout: 5 * MINUTE });
  await engine.after(10 * MINUTE);
  await engine.release(ann, first.id);
  await engine.settle();
  expect((await engine.view(ann, second.id)).status).toBe('active');
  await engine.after(1);
  const [, , today] = await figures();
  expect(today).toMatchObject({ started: 2, waited: 1, unserved: { timed_out: 1 } });
  expect(today!.waits).toEqual({ count: 2, p50: 0, p95: 10 * MINUTE, most: 10 * MINUTE });
  expect(today!.there).toBe(2 * (11 * MINUTE + 1));
});

test('it outlives what it counted, until it is forgotten itself', async () => {
  const { id } = await engine.reserve(ann, { pool: 'lab' });
  await engine.after(HOUR / 2);
  await engine.release(ann, id);
  await engine.settle();
  await engine.after(DAY);
  await count();
  const before = (await figures())[1]!;
  expect(before).toMatchObject({ held: HOUR / 2, started: 1 });
  await prune(engine.engine, { events: 1, reservations: 1, idempotency: 1, operations: 1 });
  expect(await engine.engine.store.read.reservation(id)).toBeNull();
  expect((await figures())[1]).toEqual(before);
  await engine.after(99 * DAY);
  await prune(engine.engine, RETENTION);
  engine.clock.at = MIDNIGHT + HOUR;
  expect((await figures())[1]).toMatchObject({ started: 0, held: 0 });
});

test('more than one call counts is said to be missing, until the job has counted it', async () => {
  const { store } = engine.engine;
  await store.transact({ load: 'classes', classIds: [] }, () => ({
    changes: Array.from({ length: 2_000 }, (_, index) => ({
      do: 'append' as const,
      event: {
        type: 'resource.failed' as const,
        poolId: `other${index % 3}`,
        data: { operation: 'clean', scope: 'resource', reason: 'It is away.' },
      },
    })),
    value: undefined,
  }));
  expect(await history()).toMatchObject({ isWhole: false });
  await count();
  expect(await history()).toMatchObject({ isWhole: true });
  expect((await figures(3, null)).map(({ failedCleanings }) => failedCleanings)).toEqual([
    0, 0, 2_000,
  ]);
});

test('two processes that count at once count each thing once', async () => {
  const { id } = await engine.reserve(ann, { pool: 'lab' });
  await engine.release(ann, id);
  await engine.settle();
  await engine.after(1);
  const expected = await figures();
  const other = await engine.another();
  await Promise.all([count(), countHistory(other.engine), count()]);
  expect(await figures()).toEqual(expected);
});

test('of a pool that does not exist there is none', async () => {
  expect(await codeOf(history(3, 'none'))).toBe('not_found');
});
