import { join } from 'node:path';
import type { DriverFactory } from '../../src/drivers/driver';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { SimulatedSettings } from '../../src/drivers/simulated/settings';
import { Places } from '../../src/service/lifecycle/places';
import { openDatabase } from '../../src/sqlite/open';
import type { Store } from '../../src/store/store';
import { aPool } from '../domain/support/objects';
import { somebody, temporaryDirectory, TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/** A pool's `concurrency` bounds driver calls; operations whose reports are on their way need none. */

const ann = somebody('ann');
const pools = (driver: string) =>
  `pools: [{ name: free, kind: account, driver: ${driver}, size: 6, concurrency: 2, ` +
  `verification: { interval: never }, cleaning: { deadline: 30s } }]`;

/** How many operations are claimed and not over, as another connection sees them. */
function claimsIn(dataDir: string): number {
  const other = openDatabase(join(dataDir, 'holdfast.db'), { timeoutMs: 0 });
  const sql = 'SELECT count(*) FROM operations WHERE finished_at IS NULL AND claimed_until > 0';
  const count = other.prepare<[], number>(sql).pluck().get()!;
  other.close();
  return count;
}

/** The simulated driver under the name `counted`, and the most of its calls at once. */
function counted(): { factory: DriverFactory; most: () => number } {
  let [now, most] = [0, 0];
  const factory: DriverFactory = {
    ...(simulatedDriver as DriverFactory),
    name: 'counted',
    create: (settings, env) =>
      new Proxy(simulatedDriver.create(settings as SimulatedSettings, env), {
        get: (driver, name) => {
          const method: unknown = Reflect.get(driver, name);
          if (typeof method !== 'function') return method;
          const call = method.bind(driver) as (...given: unknown[]) => unknown;
          if (name === 'list' || name === 'close') return call;
          return async (...given: unknown[]) => {
            most = Math.max(most, (now += 1));
            try {
              return await call(...given);
            } finally {
              now -= 1;
            }
          };
        },
      }),
  };
  return { factory, most: () => most };
}

it('quick calls leave their place until they are reported; there are never more at once', async () => {
  const { factory, most } = counted();
  const claims: number[] = [];
  const dataDir = temporaryDirectory();
  const lookAfterClaims = (store: Store): Store => ({
    ...store,
    transact: async (load, ...rest) => {
      const value = await store.transact(load, ...rest);
      if (load.load === 'work' || load.load === 'operation') claims.push(claimsIn(dataDir));
      return value;
    },
  });
  const options = { pools: pools('counted'), dataDir, factories: [factory], wrap: lookAfterClaims };
  const test = await TestEngine.start(options);
  const { id } = await test.reserve(ann, { pool: 'free', count: 6 });
  await test.release(ann, id);
  const runner = test.runner('quick', () => 0);
  await runner.pass();
  await runner.pass();
  await runner.settle();
  expect(Object.values(await test.statuses('free'))).toEqual(Array(6).fill('available'));
  expect(most()).toBe(2);
  expect(Math.max(...claims)).toBeGreaterThan(2);
});

it('calls that take their time keep others out until they are reported', async () => {
  const gate = new Gate();
  const test = await TestEngine.start({ pools: pools('gated'), factories: [gate.factory] });
  const { id } = await test.reserve(ann, { pool: 'free', count: 6 });
  await test.release(ann, id);
  const held = [gate.hold('clean'), gate.hold('clean')];
  let time = 0;
  const runner = test.runner('slow', () => time);
  await runner.pass();
  await Promise.all(held.map(({ reached }) => reached));
  await runner.pass();
  expect(claimsIn(test.dataDir)).toBe(2);
  time += 25;
  held.forEach((call) => call.release());
  await runner.settle();
  expect(Object.values(await test.statuses('free'))).toEqual(Array(6).fill('available'));
});

it('the report of a call that took its time takes the place that it frees', async () => {
  const gate = new Gate();
  // One call cleans and proves a container that is replaced.
  const text =
    'pools: [{ name: boxes, kind: container, driver: gated, size: 3, concurrency: 1, settings: { ' +
    'opensAccess: true, replaces: true }, verification: { interval: never } }]';
  const test = await TestEngine.start({ pools: text, factories: [gate.factory] });
  const { id } = await test.reserve(ann, { pool: 'boxes', count: 3 });
  await test.settle();
  await test.release(ann, id);
  const held = [1, 2, 3].map(() => gate.hold('clean'));
  let time = 0;
  const runner = test.runner('slow', () => time);
  await runner.pass();
  await runner.pass();
  for (const call of held) {
    // No pass is made any more.
    await call.reached;
    time += 25;
    call.release();
  }
  await runner.settle();
  expect(Object.values(await test.statuses('boxes'))).toEqual(Array(3).fill('available'));
});

describe('places', () => {
  const pool = (concurrency: number) => {
    const { policy } = aPool();
    return aPool({ id: 'p1', policy: { ...policy, concurrency } });
  };

  it('are given in order of asking, and an operation has one at most', async () => {
    const places = new Places();
    const [a, b, c] = [1, 2, 3].map(() => places.placeIn(pool(1)));
    const order: string[] = [];
    expect([await a!.take(), await a!.take()]).toEqual([false, false]);
    const waiting = [b!.take().then((waited) => order.push(`b ${waited}`))];
    waiting.push(c!.take().then((waited) => order.push(`c ${waited}`)));
    expect(places.callsIn('p1')).toBe(3);
    a!.leave();
    a!.leave();
    await waiting[0];
    expect([order, a!.isTaken, b!.isTaken, c!.isTaken]).toEqual([['b true'], false, true, false]);
    b!.leave();
    await waiting[1];
    c!.leave();
    expect(order).toEqual(['b true', 'c true']);
    expect(places.callsIn('p1')).toBe(0);
  });

  it('are as many as the pool allows by now', async () => {
    const places = new Places();
    await places.placeIn(pool(1)).take();
    const more = [1, 2].map(() => places.placeIn(pool(3)));
    expect(await Promise.all(more.map((place) => place.take()))).toEqual([false, false]);
  });
});
