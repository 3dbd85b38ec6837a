import type { Change } from '../../src/domain/change';
import type { Reservation, ReservationStatus } from '../../src/domain/loans/reservation';
import type { Resource, ResourceStatus } from '../../src/domain/lifecycle/resource';
import type {
  Page,
  ReservationFilter,
  ReservationPage,
  ResourceFilter,
} from '../../src/store/reads';
import type { Store } from '../../src/store/store';
import {
  loadPoolQueue,
  type PoolQueuePage,
  type QueueCursor,
} from '../../src/domain/queue/pool-queue';
import { aWorld, NOW, run } from '../domain/support/world';
import { anEntry, aPool, aReservation, aResource, apply, makePool } from '../store/rows';
import type { Opened } from './store';

const STATUSES: ResourceStatus[] = ['available', 'dirty', 'allocated', 'quarantined', 'destroyed'];
/** Classes are numbered as they come. */
const LINES = [
  { poolId: 'p1', kind: 'account', type: 'free', classId: 1 },
  { poolId: 'p1', kind: 'account', type: 'lite', classId: 2 },
  { poolId: 'p2', kind: 'vm', type: 'free', classId: 3 },
  { poolId: 'p3', kind: 'vm', type: 'large', classId: 4 },
] as const;

/** Lists: everything that a filter matches, page by page, in order of id. */
export function describeLists(name: string, open: () => Opened): void {
  let store: Store;

  beforeEach(() => (store = open().connect()));
  afterEach(() => store.close());

  /** All pages of that many entries, one after the other. */
  async function pages(limit: number, read: (page: Page) => Promise<string[]>): Promise<string[]> {
    const found: string[] = [];
    for (
      let page: string[] = [];
      found.length === 0 || page.length === limit;
      found.push(...page)
    ) {
      page = await read({ after: found.at(-1) ?? null, limit });
      expect(page.length).toBeLessThanOrEqual(limit);
      if (page.length === 0) break;
    }
    return found;
  }

  describe(`${name}: a list of resources`, () => {
    const all: Resource[] = Array.from({ length: 60 }, (_, index) => {
      const status = STATUSES[(index * 7) % STATUSES.length]!;
      return aResource(`r${String((index * 37) % 60).padStart(2, '0')}`, {
        ...LINES[(index * 3 + Math.floor(index / 8)) % LINES.length]!,
        status,
        destroyedAt: status === 'destroyed' ? 1 : null,
      });
    });

    beforeEach(async () => {
      const types = (...names: string[]) =>
        names.map((each) => ({ name: each, share: 1, spec: {} }));
      await apply(store, ...makePool({ types: types('free', 'lite') }));
      await apply(
        store,
        ...makePool({ id: 'p2', name: 'second', kind: 'vm', types: types('free') }),
      );
      await apply(
        store,
        ...makePool({ id: 'p3', name: 'third', kind: 'vm', types: types('large') }),
      );
      await apply(store, ...all.map((resource): Change => ({ do: 'createResource', resource })));
    });

    const fits =
      ({ poolId, poolIds, kind, type, status }: ResourceFilter) =>
      (each: Resource) =>
        each.destroyedAt === null &&
        (poolId ?? each.poolId) === each.poolId &&
        (poolIds?.includes(each.poolId) ?? true) &&
        (kind ?? each.kind) === each.kind &&
        (type ?? each.type) === each.type &&
        (status ?? each.status) === each.status;

    it.each<ResourceFilter>([
      {},
      { poolId: 'p1' },
      { poolId: 'p3', status: 'available' },
      { poolIds: ['p1', 'p3'] },
      { poolIds: [] },
      { poolId: 'p1', poolIds: ['p2'] },
      { kind: 'vm' },
      { type: 'free' },
      { kind: 'vm', type: 'free', status: 'dirty' },
      { status: 'quarantined' },
      { status: 'destroyed' },
      { status: 'cleaning' },
      { poolId: 'none' },
    ])('has what %j matches, and nothing else', async (filter) => {
      const expected = all
        .filter(fits(filter))
        .map(({ id }) => id)
        .sort();
      for (const limit of [1, 7, 100])
        expect(
          await pages(limit, async (page) =>
            (await store.read.resources(filter, page)).map(({ resource }) => resource.id),
          ),
        ).toEqual(expected);
    });

    it('follows what changes', async () => {
      const dirty = async () =>
        (
          await store.read.resources({ poolId: 'p1', status: 'dirty' }, { after: null, limit: 100 })
        ).map(({ resource }) => resource.id);
      const [first] = await dirty();
      await apply(store, { do: 'setResource', id: first!, set: { status: 'cleaning' } });
      expect(await dirty()).not.toContain(first);
      expect(
        (await store.read.resources({ status: 'cleaning' }, { after: null, limit: 100 })).map(
          ({ resource }) => resource,
        ),
      ).toEqual([expect.objectContaining({ id: first, status: 'cleaning' })]);
    });
  });

  it(`${name}: a resource is found by its number, until it is destroyed`, async () => {
    await apply(store, ...makePool(), { do: 'createResource', resource: aResource('r7') });
    expect((await store.read.resourceByNumber('p1', 7))!.resource.id).toBe('r7');
    expect(await store.read.resourceByNumber('p1', 8)).toBeNull();
    expect(await store.read.resourceByNumber('p2', 7)).toBeNull();
    await apply(store, {
      do: 'setResource',
      id: 'r7',
      set: { status: 'destroyed', destroyedAt: 1 },
    });
    expect(await store.read.resourceByNumber('p1', 7)).toBeNull();
  });

  describe(`${name}: the queue of a pool`, () => {
    const types = ['free', 'lite'].map((each) => ({ name: each, share: 1, spec: {} }));
    const pools = [aPool({ types }), aPool({ id: 'p2', name: 'second', types: types.slice(0, 1) })];
    const waiting = Array.from({ length: 40 }, (_, index) =>
      aReservation(`v${String((index * 17) % 40).padStart(2, '0')}`, {
        status: 'queued',
        deadlineAt: index % 9 === 0 ? 1 : null,
      }),
    );
    const entries = waiting.flatMap(({ id }, index) =>
      [0, 1].slice(index % 3 === 0 ? 1 : 0).map((item) => {
        const common = { item, classId: ((index + item) % 3) + 1, rank: Math.floor(index / 2) };
        const resourceId = (index + item) % 4 === 0 ? `r${index % 5}` : null;
        return anEntry(id, { ...common, resourceId, parked: index % 7 === 0 });
      }),
    );

    it.each([[[1, 2]], [[3]], [[]]])(
      'is as the plan finds it in plain rows: %j',
      async (classIds) => {
        for (const pool of pools) await apply(store, ...makePool(pool));
        await apply(
          store,
          ...waiting.map((reservation): Change => ({ do: 'createReservation', reservation })),
          ...entries.map((entry): Change => ({ do: 'enqueue', entry })),
        );
        const world = aWorld(pools, { reservations: waiting, entries });
        for (const limit of [1, 3, 100]) {
          const found: string[] = [];
          for (let after: QueueCursor | null = null; ;) {
            const asked = { classIds, after, limit };
            const page: PoolQueuePage = await store.read.poolQueue(asked, NOW);
            const ids = ({ requests }: PoolQueuePage) =>
              requests.map(({ reservation }) => reservation.id);
            const plain = run(loadPoolQueue(asked, NOW), world);
            expect([ids(page), page.next]).toEqual([ids(plain), plain.next]);
            found.push(...ids(page));
            if (page.next === null) break;
            after = page.next;
          }
          expect(new Set(found).size).toBe(found.length);
          expect(found.length > 0).toBe(classIds.length > 0);
        }
      },
    );
  });

  it(`${name}: a page of reservations that looked through too many says where to go on`, async () => {
    await apply(store, ...makePool(), ...makePool({ id: 'p2', name: 'second' }));
    const ids = Array.from({ length: 2_001 }, (_, index) => `v${String(index).padStart(4, '0')}`);
    const rare = ids[1_999]!;
    await apply(
      store,
      ...ids.map((id): Change => {
        const items = [{ pool: id === rare ? 'second' : 'pool', count: 1 }];
        return { do: 'createReservation', reservation: aReservation(id, { items }) };
      }),
    );
    const seen: string[] = [];
    const ends: (string | null)[] = [];
    for (let after: string | null = null; ;) {
      const query = { pool: { id: 'p2', name: 'second' } };
      const { found, next }: ReservationPage = await store.read.reservationPage(query, {
        after,
        limit: 5,
      });
      seen.push(...found.map(({ id }) => id));
      ends.push(next);
      if (next === null) break;
      after = next;
    }
    expect(seen).toEqual([rare]);
    expect(ends).toEqual([ids[999], ids[1_999], null]);
  });

  describe(`${name}: a list of reservations`, () => {
    const LIVES: ReservationStatus[] = ['queued', 'preparing', 'active', 'ended'];
    const all: Reservation[] = Array.from({ length: 40 }, (_, index) => {
      const status = LIVES[(index * 3) % LIVES.length]!;
      const rest = {
        userId: `u${Math.floor(index / 4) % 3}`,
        via: index % 5 === 0 ? ('vms' as const) : ('v1' as const),
      };
      return aReservation(`v${String((index * 17) % 40).padStart(2, '0')}`, {
        status,
        endedAt: status === 'ended' ? 5 : null,
        ...rest,
      });
    });

    it.each<ReservationFilter>([
      {},
      { userId: 'u1' },
      { status: 'queued' },
      { status: 'ended' },
      { userId: 'u1', status: 'active' },
      { userId: 'u2', status: 'ended' },
      { via: 'vms', status: 'active' },
      { userId: 'nobody' },
    ])('has what %j matches, and nothing else', async ({ userId, status, via }) => {
      await apply(
        store,
        ...all.map((reservation): Change => ({ do: 'createReservation', reservation })),
      );
      const expected = all
        .filter(
          (each) =>
            (userId ?? each.userId) === each.userId &&
            (status ?? each.status) === each.status &&
            (via ?? each.via) === each.via,
        )
        .map(({ id }) => id)
        .sort();
      for (const limit of [1, 7, 100])
        expect(
          await pages(limit, async (page) =>
            (await store.read.reservations({ userId, status, via }, page)).map(({ id }) => id),
          ),
        ).toEqual(expected);
    });
  });
}
