import { Reservations } from '../../src/service/loans/reservations';
import { Resources } from '../../src/service/lifecycle/resources';
import type { RequestItem } from '../../src/domain/loans/reservation';
import { viewReservation } from '../../src/service/loans/views';
import { aReservation } from '../store/rows';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Point 4: queued requests are served in the order of the design, and can read their position. */

const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 2 }
  - { name: vms, kind: vm, driver: simulated, size: 1 }
`;

const ann = somebody('ann');
const bob = somebody('bob');

async function start(pools = POOLS) {
  const test = await TestEngine.start({ pools });
  const ask = async (
    items: RequestItem[],
    rest: { priority?: number; queueTimeout?: number } = {},
  ) => {
    test.clock.advance(1);
    return new Reservations(test.engine).submitForId(
      ann,
      { items, ...rest },
      { requestId: null, idempotencyKey: null },
    );
  };
  const statuses = async (...ids: string[]) =>
    Promise.all(ids.map(async (id) => (await test.view(ann, id)).status));
  const held = async () =>
    (await test.engine.store.read.counts())
      .filter((entry) => entry.held)
      .reduce((sum, { count }) => sum + count, 0);
  return { test, ask, statuses, held };
}

const one = (pool: string): RequestItem => ({ pool, count: 1 });

describe('three requests of different priority and a bundle of two kinds', () => {
  it('are served by priority, then time; the bundle holds its parts and is then first', async () => {
    const { test, ask, held } = await start();
    const holders = [await ask([one('free')]), await ask([one('free')]), await ask([one('vms')])];
    const low = await ask([one('free')], { priority: 0 });
    const bundle = await ask([one('vms'), one('free')], { priority: 5 });
    const high = await ask([one('free')], { priority: 9 });
    const middle = await ask([one('free')], { priority: 3 });
    const waiting = [low, bundle, high, middle];
    const positions = async () =>
      Promise.all(waiting.map(async (id) => (await test.view(ann, id)).position));
    expect(await positions()).toEqual([4, 2, 1, 3]);

    const free = async (id: string) => {
      await test.release(ann, id);
      await test.settle();
      const served = await Promise.all(
        waiting.map(async (each) =>
          (await test.view(ann, each)).status === 'active' ? each : null,
        ),
      );
      return served.filter((each) => each !== null);
    };
    expect(await free(holders[0]!)).toEqual([high]);
    expect(await free(holders[1]!)).toEqual([high]);
    expect(await held()).toBe(1);
    expect((await test.view(ann, bundle)).waitingFor).toBe(
      'item 1: nothing that could serve it is free',
    );
    expect(await free(high)).toEqual([middle]);
    expect(await free(holders[2]!)).toEqual([bundle, middle]);
    expect(await held()).toBe(0);
    expect(
      (await test.view(ann, bundle)).resources.map(({ pool, item }) => `${item}: ${pool}`),
    ).toEqual(['0: vms', '1: free']);
    expect(await free(middle)).toEqual([low, bundle]);
  });
});

describe('a queued bundle', () => {
  it('does not take what earlier requests wait for', async () => {
    const { test, ask, statuses } = await start();
    const holders = [await ask([one('free')]), await ask([one('free')])];
    await ask([one('vms')]);
    const early = await ask([one('free')]);
    const bundle = await ask([one('free'), one('vms')]);
    await test.release(ann, holders[0]!);
    await test.settle();
    expect(await statuses(early, bundle)).toEqual(['active', 'queued']);
  });

  it('keeps newcomers from what is held for it', async () => {
    const { ask, statuses, held } = await start();
    await ask([one('vms')]);
    const bundle = await ask([one('free'), one('vms')]);
    expect(await held()).toBe(1);
    expect(
      await statuses(bundle, await ask([one('free')]), await ask([one('free')], { priority: 100 })),
    ).toEqual(['queued', 'active', 'queued']);
  });

  it('gives its held resources to the next request when it is cancelled', async () => {
    const { test, ask, statuses, held } = await start();
    await ask([one('vms')]);
    await ask([one('free')]);
    const bundle = await ask([one('free'), one('vms')]);
    const next = await ask([one('free')]);
    expect(await statuses(bundle, next)).toEqual(['queued', 'queued']);
    await test.release(ann, bundle);
    expect(await statuses(bundle, next)).toEqual(['ended', 'active']);
    expect((await test.view(ann, bundle)).endReason).toBe('cancelled');
    expect(await held()).toBe(0);
  });

  it('gives them back when its queue timeout is over', async () => {
    const { test, ask, statuses, held } = await start();
    await ask([one('vms')]);
    await ask([one('free')]);
    const bundle = await ask([one('free'), one('vms')], { queueTimeout: 5_000 });
    const next = await ask([one('free')]);
    await test.after(4_998);
    expect(await statuses(bundle, next)).toEqual(['queued', 'queued']);
    await test.after(1);
    expect(await statuses(bundle, next)).toEqual(['ended', 'active']);
    expect((await test.view(ann, bundle)).endReason).toBe('timed_out');
    expect(await held()).toBe(0);
  });

  it('is served as a whole, or nothing is active', async () => {
    const { test, ask } = await start();
    const holder = await ask([one('vms')]);
    const bundle = await ask([{ pool: 'free', count: 2 }, one('vms')]);
    expect((await test.view(ann, bundle)).resources).toEqual([]);
    await test.release(ann, holder);
    await test.settle();
    expect((await test.view(ann, bundle)).resources).toHaveLength(3);
  });

  it('for any account and for a pool of one gets both, whichever item comes first', async () => {
    const { test, statuses, ask } = await start(
      POOLS.replace('size: 2', 'size: 1').replace(
        'name: vms, kind: vm',
        'name: lite, kind: account',
      ),
    );
    const bundle = await ask([{ kind: 'account', count: 1 }, one('free')]);
    expect(await statuses(bundle)).toEqual(['active']);
    await test.release(ann, bundle);
    const waiting = await ask([{ kind: 'account', count: 1 }, one('free')]);
    await test.settle();
    expect(await statuses(waiting)).toEqual(['active']);
  });
});

describe('a named resource', () => {
  it('is queued for even if others of its pool are available', async () => {
    const { test, ask, statuses } = await start();
    const holder = await ask([{ resource: 'free-1', count: 1 }]);
    const naming = await ask([{ resource: 'free-1', count: 1 }]);
    expect(await statuses(holder, naming)).toEqual(['active', 'queued']);
    expect(await statuses(await ask([one('free')]))).toEqual(['active']);
    await test.release(ann, holder);
    await test.settle();
    expect((await test.view(ann, naming)).resources.map(({ resource }) => resource.name)).toEqual([
      'free-1',
    ]);
  });

  it('together with another of its pool', async () => {
    const { test, ask } = await start();
    const bundle = await ask([one('free'), { resource: 'free-1', count: 1 }]);
    expect(
      (await test.view(ann, bundle)).resources.map(
        ({ item, resource }) => `${item}: ${resource.name}`,
      ),
    ).toEqual(['0: free-2', '1: free-1']);
  });

  it('knows which requests are ahead of it for the same resource', async () => {
    const { test, ask } = await start();
    await ask([{ resource: 'free-1', count: 1 }]);
    await ask([{ resource: 'free-1', count: 1 }]);
    const third = await ask([{ resource: 'free-1', count: 1 }]);
    expect((await test.view(ann, third)).position).toBe(2);
  });

  it.each(['drained', 'deleted'])('that is %s is not waited for in vain', async (how) => {
    const { test, ask } = await start();
    await ask([{ resource: 'free-1', count: 1 }]);
    const naming = await ask([{ resource: 'free-1', count: 1 }]);
    await (how === 'drained'
      ? new Resources(test.engine).setAdminState('free-1', 'draining')
      : new Resources(test.engine).delete('free-1'));
    await test.reconcile();
    expect(await test.view(ann, naming)).toMatchObject({ status: 'ended', endReason: 'refused' });
    expect(await codeOf(ask([{ resource: 'free-1', count: 1 }]))).toBe('not_found');
  });
});

describe('a request that does not queue', () => {
  it('is refused if not everything is available, and leaves nothing behind', async () => {
    const { test, ask, held } = await start();
    await ask([one('vms')]);
    expect(await codeOf(ask([one('free'), one('vms')], { queueTimeout: 0 }))).toBe(
      'unavailable_now',
    );
    expect(await held()).toBe(0);
    expect(await test.engine.store.read.liveReservations()).toEqual({
      queued: 0,
      preparing: 0,
      active: 1,
    });
  });

  it('is not served after its queue timeout, even if no job has ended it', async () => {
    const { test, ask, statuses } = await start();
    const holders = [await ask([one('free')]), await ask([one('free')])];
    const gone = await ask([one('free')], { queueTimeout: 1_000 });
    const patient = await ask([one('free')]);
    await test.release(ann, holders[0]!);
    test.clock.advance(1_000);
    await test.runner().settle();
    expect(await statuses(gone, patient)).toEqual(['queued', 'active']);
    await test.settle();
    expect((await test.view(ann, gone)).endReason).toBe('timed_out');
  });
});

describe('overtaking', () => {
  it('is bounded: after ten times, the oldest goes ahead of any priority', async () => {
    const { test, ask, statuses } = await start(POOLS.replace('size: 2', 'size: 1'));
    let holder = await ask([one('free')]);
    const humble = await ask([one('free')]);
    let overtakes = 0;
    for (; (await statuses(humble))[0] === 'queued' && overtakes < 50; overtakes += 1) {
      const urgent = await ask([one('free')], { priority: 100 });
      await test.release(ann, holder);
      await test.settle();
      if ((await statuses(urgent))[0] === 'active') holder = urgent;
      else overtakes -= 1;
    }
    expect(overtakes).toBe(10);
  });

  it('is bounded even if an older request, promoted already, waits long for its last part', async () => {
    const { test, ask, statuses } = await start(`
pools:
  - { name: x, kind: token, driver: simulated, size: 2, settings: { rotates: false, leavesNothing: true } }
  - { name: y, kind: token, driver: simulated, size: 40, settings: { rotates: false, leavesNothing: true } }
`);
    const first = await ask([one('x')]);
    await ask([one('x')]);
    const pair = await ask([{ pool: 'x', count: 2 }]);
    await test.release(ann, first);
    const humble = await ask([one('x')]);
    const bundles: string[] = [];
    for (let made = 0; made < 30; made += 1)
      bundles.push(await ask([one('x'), one('y')], { priority: 100 }));
    // Each is promoted by the y that it gets. The tenth promotes the humble one, at the same
    // moment; being older, it goes first.
    await ask([one('x')], { priority: 100 });
    const { position } = await test.view(ann, humble);
    expect(position).toBe(11);
    expect(await statuses(pair, humble, bundles[0]!)).toEqual(['queued', 'queued', 'queued']);
  });

  it('is bounded for a named resource, however many more urgent requests name it', async () => {
    const { test, ask, statuses } = await start(POOLS.replace('size: 2', 'size: 1'));
    const named = [{ resource: 'free-1', count: 1 }];
    let holder = await ask([one('free')]);
    const humble = await ask(named);
    const urgent: string[] = [];
    for (let made = 0; made < 15; made += 1) urgent.push(await ask(named, { priority: 100 }));
    for (const next of urgent.slice(0, 11)) {
      await test.release(ann, holder);
      await test.settle();
      holder = next;
    }
    expect(await statuses(...urgent.slice(0, 11), humble)).toEqual([
      ...Array.from({ length: 10 }, () => expect.any(String) as string),
      'queued',
      'active',
    ]);
  });
});

it("cancelling does not reveal whether another user's request exists", async () => {
  const { test, ask } = await start();
  const id = await ask([one('free')]);
  expect(await codeOf(test.release(bob, id))).toBe('not_found');
});

test(
  'a resource that its pool is about to lose is not lent to anyone new, although it ' +
    'is still available',
  async () => {
    const engine = await TestEngine.start({
      pools: 'pools: [{ name: going, kind: account, driver: simulated, size: 2 }]',
    });
    const pool = (await engine.engine.store.read.pool('going'))!;
    const resize = (size: number) =>
      engine.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
        changes: [{ do: 'setPool', id: pool.id, set: { size, version: pool.version + 1 } }],
        value: null,
      }));
    await resize(0);
    await expect(engine.reserve(somebody('eve'), { pool: 'going' })).rejects.toMatchObject({
      code: 'unsatisfiable',
    });
  },
);

it.each([
  [500, '500 requests are ahead', 501, true],
  [501, 'more than 500 requests are ahead', 501, false],
])('where %i are counted ahead, it says: %s', async (ahead, said, position, positionIsExact) => {
  const { engine } = await TestEngine.start({ pools: POOLS });
  const queuePositions = async () => [{ item: 1, count: 2, missing: 1, ahead, classIds: [1] }];
  const read = { ...engine.store.read, queuePositions };
  const counted = { ...engine, store: { ...engine.store, now: () => 0, read } };
  const items = [{ count: 1 }, { count: 2 }];
  const queued = aReservation('v1', { status: 'queued', items });
  expect(await viewReservation(counted, ann, queued)).toMatchObject({
    waitingFor: `item 2, 1 of 2 missing: ${said}`,
    position,
    positionIsExact,
  });
});
