import type { DriverFactory } from '../../src/drivers/driver';
import { Reconciler } from '../../src/service/jobs/reconciler';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { SimulatedSettings } from '../../src/drivers/simulated/settings';
import { makeJob } from '../../src/service/jobs/jobs';
import type { Pool } from '../../src/domain/pools/pool';
import { Pools } from '../../src/service/pools/pools';
import { TestEngine } from '../helpers/engine';

const MINUTE = 60_000;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** The simulated driver, counting how often it is created and closed. */
function counted(): { factory: DriverFactory; made: number; closed: number } {
  const counts = { made: 0, closed: 0 };
  const factory: DriverFactory = {
    ...(simulatedDriver as DriverFactory),
    name: 'counted',
    create: (settings, env) => {
      const driver = simulatedDriver.create(settings as SimulatedSettings, env);
      counts.made += 1;
      return Object.assign(driver, { close: async () => void (counts.closed += 1) });
    },
  };
  return Object.assign(counts, { factory });
}

const POOLS = ['stays', 'goes'].map(
  (name) => `{ name: ${name}, kind: vm, driver: counted, size: 1 }`,
);

/** An engine with two pools, one of which has been deleted since. */
async function withoutOne(counts: ReturnType<typeof counted>) {
  const test = await TestEngine.start({
    pools: `pools: [${POOLS.join()}]`,
    factories: [counts.factory],
  });
  const { engine } = test;
  const [gone, left] = [
    (await engine.store.read.pool('goes'))!,
    (await engine.store.read.pool('stays'))!,
  ];
  await new Pools(engine).delete('goes', null);
  await test.settle();
  await new Reconciler(engine).settle();
  expect(await engine.store.read.pool('goes')).toBeNull();
  return { test, gone, left };
}

it('the driver of a deleted pool is dropped, and closed once nothing uses it', async () => {
  const counts = counted();
  const { test, gone, left } = await withoutOne(counts);
  const { drivers } = test;
  const driverOf = (pool: Pool) => drivers.use(pool, async (driver) => driver);
  const kept = await driverOf(left);
  expect(counts.made).toBe(2);
  await drivers.use(gone, async () => {
    drivers.retain([left]);
    expect(counts.closed).toBe(0);
  });
  expect(counts.closed).toBe(1);
  expect(await driverOf(left)).toBe(kept);
  await driverOf(gone);
  expect(counts.made).toBe(3);
});

it('each use of changed settings has its own driver; the old one closes after its last', async () => {
  const counts = counted();
  const { test, left } = await withoutOne(counts);
  const { drivers } = test;
  const changed = { ...left, settings: { ...left.settings, latencyMs: 1 } };
  await drivers.use(left, async (old) => {
    await drivers.use(changed, async (current) => {
      expect(current).not.toBe(old);
      // A call that was claimed before the change still finds the old one.
      await drivers.use(left, async (again) => expect(again).toBe(old));
      drivers.retain([changed]);
    });
    expect(counts).toMatchObject({ made: 3, closed: 1 });
  });
  expect(counts.closed).toBe(2);
  drivers.retain([changed]);
  expect(counts).toMatchObject({ made: 3, closed: 2 });
});

it('a use that fails still ends', async () => {
  const counts = counted();
  const { test, left } = await withoutOne(counts);
  const failing = test.drivers.use(left, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  test.drivers.retain([]);
  expect(counts.closed).toBe(2);
});

it.each(['reconcile', 'verify', 'rotate'] as const)(
  'the job %s drops it, at most once a minute',
  async (name) => {
    const { test } = await withoutOne(counted());
    const { engine, drivers, clock } = test;
    const retain = jest.spyOn(drivers, 'retain');
    const job = makeJob(name, { engine, drivers, worker: 'w', log });
    await job.runOnce();
    await job.runOnce();
    clock.advance(MINUTE);
    await job.runOnce();
    await job.idle();
    expect(retain.mock.calls.map(([pools]) => pools.map((pool) => pool.name))).toEqual([
      ['stays'],
      ['stays'],
    ]);
  },
);
