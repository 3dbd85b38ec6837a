import type { Pool } from '../../src/domain/pools/pool';
import { sweep } from '../../src/service/lifecycle/orphans';
import { TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/** The sweep removes what no row accounts for, and nothing else. */

const POOLS = `
pools:
  - { name: boxes, kind: container, driver: gated, size: 1 }
  - { name: vms, kind: vm, driver: gated, size: 1 }
`;

async function start(pools = POOLS) {
  const gate = new Gate();
  const test = await TestEngine.start({ pools, factories: [gate.factory] });
  const failed: string[] = [];
  const sweepAll = () =>
    sweep(test.engine, test.drivers, 60_000, ({ name }: Pool) => failed.push(name));
  const names = (pool?: string) =>
    test.cloud
      .list(pool)
      .map(({ name }) => name)
      .sort();
  /** Makes something of a pool that no row knows. */
  const stray = async (pool: string, operationId = 'unknown') => {
    const target = {
      resourceId: `of ${operationId}`,
      pool,
      name: 'stray',
      kind: 'container',
      type: 'small',
      spec: {},
      fields: {},
      generation: 0,
      handle: null,
    } as const;
    const signal = AbortSignal.timeout(60_000);
    const call = {
      operationId,
      attempt: 1,
      requestId: null,
      memo: null,
      show: () => undefined,
      signal,
    };
    const known = (await test.engine.store.read.pool(pool))!;
    await test.drivers.use(known, (driver) => driver.provision(target, call));
  };
  return { test, gate, failed, sweepAll, names, stray };
}

it('of all that is there, only strays are removed, and each is counted', async () => {
  const { sweepAll, names, stray, failed } = await start();
  expect(await sweepAll()).toBe(0);
  await stray('boxes', 'one');
  await stray('boxes', 'two');
  await stray('vms', 'three');
  expect(await sweepAll()).toBe(3);
  expect(names()).toEqual(['boxes-1', 'vms-1']);
  expect(failed).toEqual([]);
});

it.each(['before', 'after'] as const)(
  'a resource that is being made stays, held up %s it is there, and is lent in the end',
  async (when) => {
    const { test, gate, sweepAll, names } = await start(POOLS.replaceAll('size: 1', 'size: 0'));
    await test.load(POOLS);
    await test.reconcile();
    const held = [gate.hold('provision', when), gate.hold('provision', when)];
    const working = test.runner().settle();
    await Promise.all(held.map(({ reached }) => reached));
    expect(names()).toHaveLength(when === 'after' ? 2 : 0);
    expect(await sweepAll()).toBe(0);
    for (const each of held) each.release();
    await working;
    expect(names()).toEqual(['boxes-1', 'vms-1']);
    expect(await test.statuses('boxes')).toEqual({ 'boxes-1': 'available' });
  },
);

it('a resource that is recorded while the back end is being listed stays', async () => {
  const { test, gate, sweepAll, names } = await start(POOLS.replace('size: 1', 'size: 0'));
  const listing = gate.hold('list');
  const sweeping = sweepAll();
  await listing.reached;
  await test.load(POOLS);
  await test.settle();
  listing.release();
  expect(await sweeping).toBe(0);
  expect(names('boxes')).toEqual(['boxes-1']);
});

it('a pool whose back end does not answer is reported, and delays no other', async () => {
  const { test, sweepAll, names, stray, failed } = await start();
  await stray('boxes');
  await stray('vms', 'another');
  await test.cloud.setBackendDown('boxes', true);
  expect(await sweepAll()).toBe(1);
  expect(failed).toEqual(['boxes']);
  expect(names('vms')).toEqual(['vms-1']);
});

it('a pool that makes nothing is not asked', async () => {
  const { gate, sweepAll } = await start(
    'pools: [{ name: vms, kind: vm, driver: gated, sizing: manual, settings: { provisions: false } }]',
  );
  expect(await sweepAll()).toBe(0);
  expect(gate.calls.map(({ name }) => name)).not.toContain('list');
});
