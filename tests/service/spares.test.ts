import { codeOf, somebody, TestEngine } from '../helpers/engine';
import { Pools } from '../../src/service/pools/pools';

const POOLS = (spares: number, size = 2) =>
  `pools: [{ name: p, kind: container, driver: simulated, size: ${size}, spares: ${spares}, ` +
  'settings: { opensAccess: true, rotates: false, replaces: true }, lease: { default: 1h } }]';

const ann = somebody('ann');

async function counted(test: TestEngine): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const status of Object.values(await test.statuses('p')))
    counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe('a pool with spares', () => {
  test('makes them beside its size, and lends no more than its size at once', async () => {
    const test = await TestEngine.start({ pools: POOLS(1) });
    expect(await counted(test)).toEqual({ available: 2, spare: 1 });
    for (const _ of [1, 2]) await test.reserve(ann, { pool: 'p' });
    await test.settle();
    const third = await test.reserve(ann, { pool: 'p' });
    await test.settle();
    expect(third.status).toBe('queued');
    expect(await counted(test)).toEqual({ allocated: 2, spare: 1 });
    expect(await codeOf(test.reserve(ann, { pool: 'p', count: 3 }))).not.toBe('none');
  });

  test('a release serves who waits before the returned one is clean, which is a spare then', async () => {
    const test = await TestEngine.start({ pools: POOLS(1) });
    const first = await test.reserve(ann, { pool: 'p' });
    await test.reserve(ann, { pool: 'p' });
    await test.settle();
    const third = await test.reserve(ann, { pool: 'p' });
    await test.release(ann, first.id);
    await test.reconcile();
    expect((await test.view(ann, third.id)).status).toBe('preparing');
    expect(await counted(test)).toEqual({ allocated: 2, dirty: 1 });
    await test.settle();
    expect((await test.view(ann, third.id)).status).toBe('active');
    expect(await counted(test)).toEqual({ allocated: 2, spare: 1 });
  });

  test('follows its numbers: a smaller size keeps some back, no spares leaves the size', async () => {
    const test = await TestEngine.start({ pools: POOLS(2, 3) });
    const pools = new Pools(test.engine);
    expect(await counted(test)).toEqual({ available: 3, spare: 2 });
    await pools.change('p', { size: 1 }, null);
    await test.settle();
    const { destroyed: _gone, ...smaller } = await counted(test);
    expect(smaller).toEqual({ available: 1, spare: 2 });
    await pools.change('p', { spares: 0 }, null);
    await test.settle();
    expect((await counted(test)).available).toBe(1);
    expect((await counted(test)).spare).toBeUndefined();
    await pools.change('p', { spares: 1 }, null);
    await test.settle();
    expect(await pools.settled('p', 0)).toBe(true);
    expect(await counted(test)).toMatchObject({ available: 1, spare: 1 });
  });

  test('one that fails is replaced by a spare', async () => {
    const test = await TestEngine.start({ pools: POOLS(1, 1) });
    const [[name]] = Object.entries(await test.statuses('p')).filter(
      ([, status]) => status === 'available',
    ) as [[string, string]];
    await test.engine.store.transact({ load: 'resource', idOrName: name }, (found) => ({
      changes: [{ do: 'setResource', id: found!.resource.id, set: { adminState: 'maintenance' } }],
      value: null,
    }));
    await test.after(1_000);
    const statuses = await test.statuses('p');
    expect(Object.entries(statuses).filter(([other]) => other !== name)).toEqual([
      [expect.any(String), 'available'],
    ]);
  });
});
