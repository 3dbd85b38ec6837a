import type { RequestItem } from '../../src/domain/loans/reservation';
import { Resources } from '../../src/service/lifecycle/resources';
import { Reservations } from '../../src/service/loans/reservations';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/**
 * A bundle over several pools lacks one thing. If no time brings that, the bundle keeps nothing from
 * the others; if a known time does, they have what is held for it until then.
 */

const ann = somebody('ann', 'admin');
const free = 'settings: { rotates: false, leavesNothing: true }';
const HOUR = 3_600_000;
const POOLS = `
pools:
  - { name: lite, kind: account, driver: simulated, size: 1,
      lease: { default: 1h, maximum: 48h, openEnded: true },
      cleaning: { retries: 0, quarantineRetry: 24h }, verification: { interval: never } }
  - { name: vms, kind: vm, driver: simulated, size: 10, ${free}, lease: { default: 1h, maximum: 48h } }
  - { name: boxes, kind: container, driver: simulated, size: 10, ${free},
      lease: { default: 1h, maximum: 48h } }
`;
const ALL = [
  { pool: 'lite', count: 1 },
  { pool: 'vms', count: 10 },
  { pool: 'boxes', count: 10 },
];

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  const now = new Reservations(test.engine);
  const ask = async (
    items: RequestItem[],
    duration?: number | null,
    wish: { queueTimeout?: number } = {},
  ) => {
    test.clock.advance(1);
    const context = { requestId: null, idempotencyKey: null };
    return now.submitForId(
      ann,
      { items, ...(duration === undefined ? {} : { duration }), ...wish },
      context,
    );
  };
  const status = async (id: string) => (await test.view(ann, id)).status;
  /** 14 small requests; gives how many of them are served. */
  const small = async (duration?: number) => {
    const ids: string[] = [];
    for (let made = 0; made < 14; made += 1)
      ids.push(await ask([{ pool: made % 2 === 0 ? 'vms' : 'boxes', count: 1 }], duration));
    await test.settle();
    const found = await Promise.all(ids.map(status));
    return found.filter((each) => each === 'active').length;
  };
  const held = async () =>
    (await test.engine.store.read.counts())
      .filter((entry) => entry.held)
      .reduce((sum, { count }) => sum + count, 0);
  return { test, now, ask, status, small, held };
}

type Started = Awaited<ReturnType<typeof start>>;

/** How the missing part is kept away, and how it comes back. */
const AWAY: [string, (started: Started) => Promise<() => Promise<unknown>>][] = [
  [
    'is in maintenance',
    async ({ test }) => {
      const resources = new Resources(test.engine);
      await resources.setAdminState('lite-1', 'maintenance');
      return () => resources.setAdminState('lite-1', 'in_service');
    },
  ],
  [
    'is quarantined',
    async ({ test, ask, now }) => {
      const id = await ask([{ pool: 'lite', count: 1 }]);
      await test.cloud.failNext('lite', 'clean', 1);
      await now.release(ann, id);
      await test.settle();
      expect((await test.statuses('lite'))['lite-1']).toBe('quarantined');
      return () =>
        new Resources(test.engine).unquarantine('lite-1', {
          requestId: null,
          idempotencyKey: null,
        });
    },
  ],
  [
    'is lent without an end',
    async ({ ask, now }) => {
      const id = await ask([{ pool: 'lite', count: 1 }], null);
      return () => now.release(ann, id);
    },
  ],
];

describe('a bundle whose part', () => {
  it.each(AWAY)(
    '%s keeps nobody from anything, and is served when that comes',
    async (_n, take) => {
      const started = await start();
      const { test, ask, small, held, status } = started;
      const giveBack = await take(started);
      const bundle = await ask(ALL);
      await test.settle();
      expect([await status(bundle), await held()]).toEqual(['queued', 0]);
      expect(await small()).toBe(14);
      await giveBack();
      await test.settle();
      expect(await status(bundle)).toBe('queued');
      expect(await held()).toBeGreaterThan(0);
      // Everything that was lent meanwhile ends within the hour, and nobody else gets ahead for longer.
      const late = await ask([{ pool: 'vms', count: 1 }], 47 * HOUR);
      await test.after(HOUR);
      expect([await status(bundle), await status(late)]).toEqual(['active', 'queued']);
    },
  );

  it('goes into maintenance while it waits gives back what it holds', async () => {
    const { test, ask, small, held } = await start();
    await ask([{ pool: 'lite', count: 1 }], HOUR);
    await ask(ALL);
    expect(await held()).toBe(20);
    await new Resources(test.engine).setAdminState('lite-1', 'maintenance');
    expect(await small(40 * HOUR)).toBe(14);
    expect(await held()).toBe(0);
  });

  it('is lent for a day lends what it holds to what is back before that, and loses no time', async () => {
    const { test, ask, status, small, held } = await start();
    await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
    const bundle = await ask(ALL);
    expect(await held()).toBe(20);
    expect(await small(HOUR)).toBe(14);
    expect(await held()).toBe(6);
    await test.after(HOUR);
    expect(await held()).toBe(20);
    expect(await small(30 * HOUR)).toBe(0);
    await test.after(23 * HOUR);
    expect(await status(bundle)).toBe('active');
  });

  it('is lent for a day lends to a bundle that does not wait and finds plenty of the rest', async () => {
    const { ask, status } = await start();
    await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
    await ask([
      { pool: 'lite', count: 1 },
      { pool: 'vms', count: 10 },
    ]);
    const items = [
      { pool: 'vms', count: 1 },
      { pool: 'boxes', count: 2 },
    ];
    const brief = await ask(items, HOUR, { queueTimeout: 0 });
    expect(await status(brief)).toBe('active');
    expect(await codeOf(ask(items, 30 * HOUR, { queueTimeout: 0 }))).toBe('unavailable_now');
  });

  it('is lent for a day says at once until when the rest may be lent', async () => {
    const { test, ask } = await start();
    await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
    await ask([
      { pool: 'lite', count: 1 },
      { pool: 'vms', count: 2 },
    ]);
    const [first] = await test.engine.store.read
      .resources({}, { after: null, limit: 100 })
      .then((all) => all.map(({ resource }) => resource).filter(({ heldFor }) => heldFor !== null));
    expect(first!.heldUntil).toBeGreaterThanOrEqual(test.clock.at + 23 * HOUR);
  });

  it('is lent for a day lends to those who asked before anything was held, too', async () => {
    const { test, now, ask, status } = await start();
    await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
    const all = await ask([{ pool: 'vms', count: 10 }], 2 * HOUR);
    const bundle = await ask(ALL);
    const waiting = await ask([{ pool: 'vms', count: 3 }], 5 * HOUR);
    await now.release(ann, all);
    await test.settle();
    expect([await status(bundle), await status(waiting)]).toEqual(['queued', 'active']);
  });
});

it('a loan of something that is held for another can be extended only until that needs it', async () => {
  const { test, now, ask, status } = await start();
  await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
  const bundle = await ask(ALL);
  const loan = await ask([{ pool: 'vms', count: 1 }], HOUR);
  expect(await status(loan)).toBe('active');
  expect(await codeOf(now.extend(ann, loan, 24 * HOUR))).toBe('over_maximum');
  await now.extend(ann, loan, 22 * HOUR);
  await test.after(24 * HOUR);
  expect([await status(bundle), await status(loan)]).toEqual(['active', 'ended']);
});

it('a request does not get by name what is held for another, nor passes one that waits for it', async () => {
  const { test, ask, status } = await start();
  await ask([{ pool: 'lite', count: 1 }], 24 * HOUR);
  const bundle = await ask([
    { pool: 'lite', count: 1 },
    { pool: 'vms', count: 2 },
  ]);
  await ask([{ pool: 'vms', count: 7 }], 48 * HOUR);
  const naming = { resource: 'vms-1', count: 1 };
  const first = await ask([naming], HOUR);
  const second = await ask([naming, { pool: 'vms', count: 1 }], HOUR);
  await test.settle();
  expect([await status(first), await status(second)]).toEqual(['queued', 'queued']);
  const other = await ask(
    [
      { pool: 'boxes', count: 1 },
      { resource: 'boxes-1', count: 1 },
    ],
    HOUR,
  );
  expect(await status(other)).toBe('active');
  await test.after(24 * HOUR);
  expect([await status(bundle), await status(first)]).toEqual(['active', 'queued']);
});

it('bundles that wait in vain do not hide those behind them, however many they are', async () => {
  const { test, ask, small } = await start();
  await new Resources(test.engine).setAdminState('lite-1', 'maintenance');
  const waiting = await ask([{ pool: 'vms', count: 10 }]);
  for (let made = 0; made < 60; made += 1) await ask(ALL);
  await new Reservations(test.engine).release(ann, waiting);
  expect(await small()).toBe(14);
});
