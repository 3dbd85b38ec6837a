import { Pools } from '../../src/service/pools/pools';
import { Reservations } from '../../src/service/loans/reservations';
import { Resources } from '../../src/service/lifecycle/resources';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Point 5: maintenance, draining and deletion, of resources and of pools. */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS =
  'pools: [{ name: free, kind: account, driver: simulated, size: 2, cleaning: { retries: ' +
  '0, quarantineRetry: 1h } }]';

async function start() {
  const test = await TestEngine.start({ pools: POOLS });
  return { test, resources: new Resources(test.engine), pools: new Pools(test.engine) };
}

/** Once its last resource is destroyed, the next pass removes the pool. */
async function removed(test: TestEngine): Promise<void> {
  await test.settle();
  await test.settle();
  expect(await test.engine.store.read.pool('free')).toBeNull();
}

describe('maintenance', () => {
  it('of an idle resource keeps it from being lent until it is back in service', async () => {
    const { test, resources } = await start();
    await resources.setAdminState('free-1', 'maintenance');
    expect((await test.reserve(ann, { pool: 'free' })).resources[0]!.resource.name).toBe('free-2');
    const waiting = await test.reserve(ann, { pool: 'free' });
    expect(waiting.status).toBe('queued');
    await resources.setAdminState('free-1', 'in_service');
    expect((await test.view(ann, waiting.id)).status).toBe('active');
  });

  it('of a lent resource leaves its holder alone, and begins when the loan ends', async () => {
    const { test, resources } = await start();
    const { id } = await test.reserve(ann, { pool: 'free' });
    await resources.setAdminState('free-1', 'maintenance');
    expect((await test.view(ann, id)).resources[0]!.credentials).not.toBeNull();
    await test.release(ann, id);
    await test.settle();
    expect(await test.resource('free-1')).toMatchObject({
      status: 'available',
      adminState: 'maintenance',
    });
    expect((await test.reserve(ann, { pool: 'free', count: 1 })).resources[0]!.resource.name).toBe(
      'free-2',
    );
  });

  it('is where a resource goes if its holder asked for it', async () => {
    const { test } = await start();
    const { id } = await test.reserve(ann, { pool: 'free', onRelease: 'maintenance' });
    await test.release(ann, id);
    await test.settle();
    expect(await test.resource('free-1')).toMatchObject({
      status: 'available',
      adminState: 'maintenance',
    });
  });

  it('is refused to a caller who has seen another state', async () => {
    const { resources } = await start();
    expect(
      await codeOf(resources.setAdminState('free-1', 'maintenance', { expected: ['draining'] })),
    ).toBe('precondition_failed');
  });
});

describe('drain', () => {
  it('removes an idle resource, and the pool makes another', async () => {
    const { test, resources } = await start();
    await resources.setAdminState('free-1', 'draining');
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-2': 'available', 'free-3': 'available' });
    expect(
      test.cloud
        .list('free')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['free-2', 'free-3']);
  });

  it('of a lent resource can be undone as long as it is lent', async () => {
    const { test, resources } = await start();
    const { id } = await test.reserve(ann, { pool: 'free' });
    await resources.setAdminState('free-1', 'draining');
    await resources.setAdminState('free-1', 'in_service');
    await test.release(ann, id);
    await test.settle();
    expect((await test.resource('free-1')).status).toBe('available');
  });

  it('whose removal failed cannot be half undone', async () => {
    const { test, resources } = await start();
    await test.cloud.failNext('free', 'destroy', 1);
    await resources.setAdminState('free-1', 'draining');
    await test.settle();
    expect(await test.resource('free-1')).toMatchObject({
      status: 'quarantined',
      adminState: 'draining',
    });
    expect(await codeOf(resources.setAdminState('free-1', 'in_service'))).toBe('conflict');
    expect(await codeOf(resources.clean('free-1', NO_CONTEXT))).toBe('conflict');
    await test.after(3_600_000);
    expect(await test.engine.store.read.resource('free-1')).toBeNull();
  });
});

describe('deleting a resource', () => {
  it('makes a managed pool one smaller', async () => {
    const { test, resources } = await start();
    await resources.delete('free-1');
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-2': 'available' });
    expect((await test.engine.store.read.pool('free'))!.size).toBe(1);
  });

  it('a second time does no more', async () => {
    const { test, resources } = await start();
    const { id } = await test.reserve(ann, { pool: 'free' });
    await resources.delete('free-1');
    await resources.delete('free-1');
    expect((await test.engine.store.read.pool('free'))!.size).toBe(1);
    expect((await test.view(ann, id)).status).toBe('active');
  });

  it.each(['in_service', 'maintenance'] as const)(
    'of a lent resource that is put %s after all restores the size that it took',
    async (state) => {
      const { test, resources } = await start();
      const size = async () => (await test.engine.store.read.pool('free'))!.size;
      const { id } = await test.reserve(ann, { pool: 'free' });
      for (const round of [1, 2]) {
        await resources.delete('free-1');
        expect([round, await size()]).toEqual([round, 1]);
        await resources.setAdminState('free-1', state);
        expect([round, await size()]).toEqual([round, 2]);
      }
      await test.release(ann, id);
      await test.settle();
      expect(await test.statuses('free')).toEqual({ 'free-1': 'available', 'free-2': 'available' });
      await resources.setAdminState('free-1', 'draining');
      expect(await size()).toBe(2);
    },
  );

  it('refuses requests for more than is left', async () => {
    const { test, resources } = await start();
    await test.reserve(ann, { pool: 'free' });
    const both = await test.reserve(ann, { pool: 'free', count: 2 });
    await resources.delete('free-2');
    await test.reconcile();
    expect((await test.view(ann, both.id)).endReason).toBe('refused');
  });

  it('of a name that is unknown or long gone is not found', async () => {
    const { test, resources, pools } = await start();
    const { id } = await test.resource('free-1');
    await pools.delete('free', null);
    await removed(test);
    expect(await codeOf(resources.delete('nothing'))).toBe('not_found');
    expect(await codeOf(resources.delete(id))).toBe('not_found');
  });
});

describe('deleting a pool', () => {
  it(
    'refuses queued requests, drains lent resources, and then removes the pool with ' +
      'everything it made',
    async () => {
      const { test, pools } = await start();
      const holder = await test.reserve(ann, { pool: 'free' });
      await test.reserve(ann, { pool: 'free' });
      const waiting = await test.reserve(ann, { pool: 'free' });
      expect(await pools.delete('free', null)).toEqual({ lent: 2 });
      await test.reconcile();
      expect((await test.view(ann, waiting.id)).endReason).toBe('refused');
      expect((await test.view(ann, holder.id)).status).toBe('active');
      expect(await codeOf(test.reserve(ann, { pool: 'free' }))).toBe('not_found');
      test.clock.advance(24 * 3_600_000);
      await removed(test);
      expect(test.cloud.list('free')).toEqual([]);
    },
  );

  it('keeps a request that can be served elsewhere in the queue, at the right position', async () => {
    const { test, pools } = await start();
    await test.load(
      POOLS.replace('}]', '}, { name: lite, kind: account, driver: simulated, size: 1 }]'),
    );
    await test.settle();
    await test.reserve(ann, { pool: 'free', count: 2 });
    await test.reserve(ann, { pool: 'lite' });
    const ask = (items: { pool?: string; kind?: 'account'; count: number }[]) =>
      new Reservations(test.engine).submitForId(ann, { items }, NO_CONTEXT);
    await ask([{ pool: 'lite', count: 1 }]);
    const either = await ask([{ kind: 'account', count: 1 }]);
    expect((await test.view(ann, either)).position).toBe(1);
    await pools.delete('free', null);
    await test.release(
      ann,
      (
        await test.engine.store.read.reservations({ status: 'active' }, { after: null, limit: 1 })
      )[0]!.id,
    );
    await removed(test);
    expect(await test.view(ann, either)).toMatchObject({ status: 'queued', position: 2 });
  });

  it('and making one of the same name again starts from nothing', async () => {
    const { test, pools } = await start();
    await pools.delete('free', null);
    await removed(test);
    await test.load('pools: []');
    await test.load(POOLS);
    await test.settle();
    expect(await test.statuses('free')).toEqual({ 'free-1': 'available', 'free-2': 'available' });
  });
});
