import { Pools } from '../../src/service/pools/pools';
import { refuseUnsatisfiable } from '../../src/service/loans/queues';
import { Reservations } from '../../src/service/loans/reservations';
import { Resources } from '../../src/service/lifecycle/resources';
import type { Store } from '../../src/store/store';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/**
 * Point 5: pools grow and shrink, resources leave and return; no holder is cut off, and nobody
 * waits in vain.
 */

const ann = somebody('ann');

const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 3 }
  - { name: vms, kind: vm, driver: simulated, size: 1 }
`;

async function start(pools = POOLS) {
  const test = await TestEngine.start({ pools });
  const resize = async (size: number) => {
    await new Pools(test.engine).change('free', { size }, null);
    await test.reconcile();
  };
  const bundle = () =>
    new Reservations(test.engine).submitForId(
      ann,
      {
        items: [
          { pool: 'free', count: 1 },
          { pool: 'vms', count: 1 },
        ],
      },
      { requestId: null, idempotencyKey: null },
    );
  return { test, resize, bundle, resources: new Resources(test.engine) };
}

const statusOf = async (test: TestEngine, id: string) => (await test.view(ann, id)).status;
const missingOf = async (test: TestEngine, id: string) =>
  (await test.engine.store.read.queuePositions(id)).map(({ missing }) => missing);

describe('growing a pool', () => {
  it('makes the requested number of resources, ready to be lent', async () => {
    const { test, resize } = await start();
    await resize(5);
    await test.settle();
    expect(Object.values(await test.statuses('free'))).toEqual(Array(5).fill('available'));
  });

  it('serves queued requests', async () => {
    const { test, resize } = await start();
    await resize(1);
    await test.settle();
    const first = await test.reserve(ann, { pool: 'free' });
    const waiting = await test.reserve(ann, { pool: 'free' });
    await resize(2);
    await test.settle();
    expect([await statusOf(test, first.id), await statusOf(test, waiting.id)]).toEqual([
      'active',
      'active',
    ]);
  });

  it('splits by the shares of the types, by Webster’s method', async () => {
    const types = 'types: [{ name: small, share: 2 }, { name: large, share: 1 }]';
    const { test, resize } = await start(POOLS.replace('size: 3', `size: 3, ${types}`));
    const byType = async () => {
      const counts = await test.engine.store.read.counts();
      const total = (type: string) =>
        counts
          .filter((entry) => entry.type === type && entry.status !== 'destroying')
          .reduce((sum, { count }) => sum + count, 0);
      return [total('small'), total('large')];
    };
    expect(await byType()).toEqual([2, 1]);
    await resize(5);
    expect(await byType()).toEqual([3, 2]);
    await resize(1);
    expect(await byType()).toEqual([1, 0]);
  });
});

describe('shrinking a pool', () => {
  it('takes idle resources, and cuts off no holder', async () => {
    const { test, resize } = await start();
    const { id, resources: held } = await test.reserve(ann, { pool: 'free' });
    await resize(1);
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-1': 'allocated' });
    expect(held[0]!.resource.name).toBe('free-1');
    expect((await test.view(ann, id)).resources[0]!.credentials).not.toBeNull();
    expect((await test.resource('free-1')).adminState).toBe('in_service');
  });

  it('below the number of lent resources drains the rest, as their loans end', async () => {
    const { test, resize } = await start();
    const { id } = await test.reserve(ann, { pool: 'free', count: 3 });
    await resize(1);
    await test.settle();
    expect(Object.values(await test.statuses('free'))).toEqual([
      'allocated',
      'allocated',
      'allocated',
    ]);
    expect(
      (await test.view(ann, id)).resources.every(({ credentials }) => credentials !== null),
    ).toBe(true);
    await test.release(ann, id);
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-1': 'available' });
    expect(test.cloud.list('free')).toHaveLength(1);
  });

  it('and growing it again under the same loans ends with the right number', async () => {
    const { test, resize } = await start();
    const { id } = await test.reserve(ann, { pool: 'free', count: 3 });
    await resize(1);
    await resize(4);
    await test.release(ann, id);
    await test.settle();
    expect(Object.values(await test.statuses('free'))).toEqual(Array(4).fill('available'));
  });

  it('refuses requests for more than there will be, and no others', async () => {
    const { test, resize } = await start();
    await test.reserve(ann, { pool: 'free', count: 3 });
    const big = await test.reserve(ann, { pool: 'free', count: 3 });
    const small = await test.reserve(ann, { pool: 'free', count: 2 });
    await resize(2);
    expect(await test.view(ann, big.id)).toMatchObject({
      status: 'ended',
      endReason: 'refused',
      endDetail: expect.stringContaining('unsatisfiable'),
    });
    expect(await statusOf(test, small.id)).toBe('queued');
  });

  it('refuses a bundle whose items together ask for more than there will be', async () => {
    const { test, resize } = await start();
    await test.reserve(ann, { pool: 'free', count: 3 });
    const items = [
      { pool: 'free', count: 1 },
      { pool: 'free', count: 2 },
    ];
    const id = await new Reservations(test.engine).submitForId(
      ann,
      { items },
      { requestId: null, idempotencyKey: null },
    );
    await resize(2);
    expect((await test.view(ann, id)).endReason).toBe('refused');
  });

  it('refuses nobody whom a pool that grew again can serve', async () => {
    const { test } = await start();
    await test.reserve(ann, { pool: 'free', count: 3 });
    const { id } = await test.reserve(ann, { pool: 'free', count: 3 });
    const { store } = test.engine;
    const pools = new Pools(test.engine);
    await pools.change('free', { size: 2 }, null);
    // The pool grows again after the request was found, but before anything is decided about it.
    const transact: Store['transact'] = async (...args) => {
      await pools.change('free', { size: 10 }, null);
      return store.transact(...args);
    };
    const late = Object.create(store, { transact: { value: transact } }) as Store;
    await refuseUnsatisfiable({ ...test.engine, store: late }, await pools.find('free'));
    expect((await pools.find('free')).size).toBe(10);
    expect(await statusOf(test, id)).toBe('queued');
  });

  it('refuses a newcomer as unsatisfiable at once', async () => {
    const { test, resize } = await start();
    await resize(2);
    expect(await codeOf(test.reserve(ann, { pool: 'free', count: 3 }))).toBe('unsatisfiable');
  });
});

describe('a held resource that leaves', () => {
  it.each(['maintenance', 'draining'] as const)(
    'by %s is missing to its request again, or another takes its place',
    async (to) => {
      const { test, bundle, resources, resize } = await start();
      await resize(2);
      await test.settle();
      await test.reserve(ann, { pool: 'vms' });
      const id = await bundle();
      expect(await missingOf(test, id)).toEqual([0, 1]);
      await resources.setAdminState('free-1', to);
      await test.reconcile();
      expect((await test.resource('free-2')).heldFor).toBe(id);
      await resources.setAdminState('free-2', 'maintenance');
      await test.reconcile();
      expect(await missingOf(test, id)).toEqual([1, 1]);
      expect((await test.resource('free-2')).heldFor).toBeNull();
    },
  );

  it('because its verification failed is missing to its request again', async () => {
    const { test, bundle, resize } = await start(
      POOLS.replace(
        'size: 3',
        'size: 3, verification: { interval: 1h }, rotation: { interval: never }',
      ),
    );
    await resize(1);
    await test.settle();
    const lent = await test.reserve(ann, { pool: 'vms', duration: 20 * 3_600_000 });
    test.clock.advance(3_600_000);
    const tasks = await test.claimDue();
    const task = tasks.find(({ resource }) => resource.name === 'free-1')!;
    const id = await bundle();
    expect(await missingOf(test, id)).toEqual([0, 1]);
    await test.report(task, [
      { step: 'verify', ok: false, scope: 'resource', reason: 'It is gone.' },
    ]);
    expect(await missingOf(test, id)).toEqual([1, 1]);
    await test.settle();
    expect(await missingOf(test, id)).toEqual([0, 1]);
    await test.release(ann, lent.id);
    await test.settle();
    expect(await statusOf(test, id)).toBe('active');
  });

  it('because its pool shrank is missing to its request again', async () => {
    const { test, bundle, resize } = await start();
    await test.reserve(ann, { pool: 'vms' });
    await test.reserve(ann, { pool: 'free', count: 2 });
    const id = await bundle();
    expect(await missingOf(test, id)).toEqual([0, 1]);
    await resize(2);
    expect(await missingOf(test, id)).toEqual([1, 1]);
  });
});
