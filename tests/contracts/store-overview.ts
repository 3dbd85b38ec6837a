import type { Change } from '../../src/domain/change';
import type { Store } from '../../src/store/store';
import { anEntry, aReservation, aResource, apply, makePool } from '../store/rows';
import type { Opened } from './store';

/** The look-ups of the overview. */
export function describeOverview(name: string, open: () => Opened): void {
  let store: Store;

  beforeEach(async () => {
    store = open().connect();
    await apply(store, ...makePool(), ...makePool({ id: 'p2', name: 'other' }));
  });
  afterEach(() => store.close());

  const queued = (id: string, ...entries: Parameters<typeof anEntry>[1][]): Change[] => [
    { do: 'createReservation', reservation: aReservation(id, { status: 'queued' }) },
    ...entries.map((fields): Change => ({ do: 'enqueue', entry: anEntry(id, fields) })),
  ];
  const append = (event: (Change & { do: 'append' })['event']): Change => ({ do: 'append', event });

  describe(`${name}: groups of events`, () => {
    const facts = [
      append({ type: 'pool.changed', poolId: 'p1' }),
      append({ type: 'resource.failed', poolId: 'p1', userId: 'ann' }),
      append({ type: 'token.created', userId: 'ann' }),
      append({ type: 'token.created', userId: 'bob' }),
      append({ type: 'token.created', userId: 'ann' }),
    ];

    it('are one for each pool, and one for each type and user without one', async () => {
      await apply(store, ...facts);
      const last = await store.read.lastSeq();
      const groups = await store.read.eventGroups(last - facts.length, 100);
      expect(groups.sort((a, b) => a.seq - b.seq)).toEqual([
        { poolId: 'p1', type: null, userId: null, count: 2, seq: last - 3 },
        { poolId: null, type: 'token.created', userId: 'bob', count: 1, seq: last - 1 },
        { poolId: null, type: 'token.created', userId: 'ann', count: 2, seq: last },
      ]);
      expect(await store.read.eventGroups(last, 100)).toEqual([]);
    });

    it('are of the newest events only, if there are more', async () => {
      await apply(store, ...facts);
      const groups = await store.read.eventGroups(0, 2);
      expect(groups.map(({ userId }) => userId).sort()).toEqual(['ann', 'bob']);
    });
  });

  describe(`${name}: the state of a pool`, () => {
    const bounds = { resources: 10, entries: 10 };

    it('has its resources in the order of their numbers, and their counts', async () => {
      await apply(
        store,
        { do: 'createResource', resource: aResource('r1', { number: 2 }) },
        {
          do: 'createResource',
          resource: aResource('r2', { number: 1, heldFor: 'w1', adminState: 'maintenance' }),
        },
        {
          do: 'createResource',
          resource: aResource('r3', { destroyedAt: 1, status: 'destroyed' }),
        },
      );
      const { counts, resources } = await store.read.poolState('p1', bounds);
      expect(resources.map(({ id, adminState, held }) => [id, adminState, held])).toEqual([
        ['r2', 'maintenance', true],
        ['r1', 'in_service', false],
      ]);
      expect(counts).toEqual(await store.read.counts());
      expect((await store.read.poolState('p1', { ...bounds, resources: 1 })).resources).toEqual(
        resources.slice(0, 1),
      );
      expect(await store.read.poolState('p2', bounds)).toEqual({
        counts: [],
        queues: [],
        waiting: [],
        resources: [],
      });
    });

    it('has the entries that miss something, unless there are too many', async () => {
      await apply(
        store,
        ...queued('w1', { requestedAt: 30 }, { item: 1, requestedAt: 30 }),
        ...queued('w2', { requestedAt: 20 }),
        ...queued('w3', { requestedAt: 10, missing: 0 }),
      );
      const { queues, waiting } = await store.read.poolState('p1', bounds);
      expect(waiting!.sort((a, b) => a.requestedAt - b.requestedAt)).toEqual([
        { reservationId: 'w2', requestedAt: 20 },
        { reservationId: 'w1', requestedAt: 30 },
        { reservationId: 'w1', requestedAt: 30 },
      ]);
      expect(queues).toEqual(await store.read.queueStates());
      const { waiting: uncounted } = await store.read.poolState('p1', { ...bounds, entries: 2 });
      expect(uncounted).toBeNull();
    });
  });
}
