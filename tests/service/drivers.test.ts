import type { DriverFactory } from '../../src/drivers/driver';
import { Reconciler } from '../../src/service/jobs/reconciler';
import { simulatedDriver } from '../../src/drivers/simulated';
import type { SimulatedSettings } from '../../src/drivers/simulated/settings';
import { makeJob } from '../../src/service/jobs/jobs';
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

afterEach(() => jest.useRealTimers());

it('the driver of a deleted pool is dropped, and closed once its last call must be over', async () => {
  const counts = counted();
  const { test, gone, left } = await withoutOne(counts);
  const { drivers } = test;
  const kept = drivers.of(left);
  expect(counts.made).toBe(2);
  jest.useFakeTimers();
  drivers.retain([left]);
  expect(counts.closed).toBe(0);
  jest.advanceTimersByTime(MINUTE);
  expect(counts.closed).toBe(1);
  expect(drivers.of(left)).toBe(kept);
  drivers.of(gone);
  expect(counts.made).toBe(3);
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
