import type { Change } from '../../src/domain/change';
import { OPERATION_KINDS, type OperationKind } from '../../src/domain/lifecycle/operation';
import type { Store } from '../../src/store/store';
import type { TestClock } from '../helpers/engine';
import {
  aPool,
  aReservation,
  aResource,
  anAllocation,
  anOperation,
  apply,
  aSession,
  aToken,
  aUser,
  anEntry,
  furnish,
  makePool,
} from '../store/rows';
import type { Opened } from './store';
import { load } from './store-changes';

/** What a decision sees, and that it is bounded. */
export function describeLoads(name: string, open: () => Opened): void {
  let store: Store;
  let clock: TestClock;

  beforeEach(async () => {
    const opened = open();
    store = opened.connect();
    clock = opened.clock;
    await furnish(store);
  });

  afterEach(() => store.close());

  const queue = (...waiting: [id: string, fields: Parameters<typeof anEntry>[1]][]) =>
    apply(
      store,
      ...waiting.flatMap(([id, fields]): Change[] => [
        { do: 'createReservation', reservation: aReservation(id, { status: 'queued' }) },
        { do: 'enqueue', entry: anEntry(id, fields) },
      ]),
    );
  const due = (id: string, at: number): Change => ({
    do: 'setResource',
    id,
    set: { status: 'dirty', nextOperation: 'clean', dueAt: at },
  });
  const heads = async () => (await load(store, { load: 'classes', classIds: [1] })).queues;

  describe(`${name}: a load that is asked for with its caller`, () => {
    const caller = { userId: 'u1', apiTokenId: 't1' };
    it.each([
      { load: 'submission', items: [{ pool: 'pool', count: 1 }], caller },
      { load: 'user', id: null, email: null, username: null, caller },
      { load: 'vmUser', id: 'u2', email: null, username: null, caller },
      { load: 'token', id: null, caller },
    ] as const)('has the user and the token as they are: $load', async (asked) => {
      const callerOf = async () => (await load(store, asked as never)) as { caller: unknown };
      expect((await callerOf()).caller).toEqual({ user: null, token: null });
      await apply(
        store,
        { do: 'createUser', user: aUser('u1') },
        { do: 'createToken', token: aToken('t1', 'u1') },
        { do: 'setToken', id: 't1', set: { revokedAt: 7 } },
      );
      expect(await callerOf()).toMatchObject({
        caller: { user: { id: 'u1' }, token: { id: 't1', revokedAt: 7 } },
      });
    });
  });

  describe(`${name}: a load with a caller in a session`, () => {
    const session = { id: 's1', expiresAt: 1_000 };
    const caller = { userId: 'u1', apiTokenId: null, session };
    it.each([
      { load: 'submission', items: [{ pool: 'pool', count: 1 }], caller },
      { load: 'user', id: null, email: null, username: null, caller },
      { load: 'vmUser', id: 'u2', email: null, username: null, caller },
      { load: 'token', id: null, caller },
      { load: 'webhook', id: null, caller },
      { load: 'session', id: null, caller },
    ] as const)('has the session as it is: $load', async (asked) => {
      const callerOf = async () => (await load(store, asked as never)) as { caller: unknown };
      expect((await callerOf()).caller).toEqual({ user: null, token: null, session: null });
      await apply(store, { do: 'createSession', session: aSession('s1', 'u1') });
      expect((await callerOf()).caller).toMatchObject({ session: aSession('s1', 'u1') });
    });
  });

  describe(`${name}: the load of lines`, () => {
    it('has the first by rank, the longest waiting, and the available resources, best first', async () => {
      await queue(
        ['v1', { rank: 3, requestedAt: 1 }],
        ['v2', { rank: 1, requestedAt: 3 }],
        ['v3', { rank: 2, requestedAt: 2 }],
      );
      await apply(
        store,
        { do: 'setResource', id: 'r3', set: { rank: -1 } },
        { do: 'setResource', id: 'r2', set: { adminState: 'maintenance' } },
      );
      const { requests, longestWaiting, available } = await heads();
      expect(requests.map(({ reservationId }) => reservationId)).toEqual(['v2', 'v3', 'v1']);
      expect(longestWaiting[1]!.requests[0]!.reservationId).toBe('v1');
      expect(available.map(({ resourceId }) => resourceId)).toEqual(['r3', 'r1']);
    });

    it(
      'leaves out requests that lack nothing or have timed out, and resources that are ' +
        'held or expired',
      async () => {
        await queue(['v1', { missing: 0 }], ['v2', {}], ['v3', { rank: 9 }]);
        await apply(
          store,
          { do: 'setReservation', id: 'v2', set: { deadlineAt: clock.at } },
          { do: 'setReservation', id: 'v3', set: { deadlineAt: clock.at + 1 } },
        );
        await apply(
          store,
          { do: 'setResource', id: 'r1', set: { heldFor: 'v1', heldItem: 0 } },
          { do: 'setResource', id: 'r2', set: { expiresAt: clock.at } },
          { do: 'setResource', id: 'r3', set: { expiresAt: clock.at + 1 } },
        );
        const { requests, longestWaiting, available } = await heads();
        expect(requests.map(({ reservationId }) => reservationId)).toEqual(['v3']);
        expect(longestWaiting[1]!.requests[0]!.reservationId).toBe('v3');
        expect(available.map(({ resourceId }) => resourceId)).toEqual(['r3']);
      },
    );

    it(
      'counts as longest waiting only requests that are not promoted, whether or not they ' +
        'name a resource',
      async () => {
        await queue(
          ['v1', { rank: -1e15, requestedAt: 1 }],
          ['v2', { rank: 5, requestedAt: 2, resourceId: 'r1' }],
          ['v3', { rank: 4, requestedAt: 3 }],
        );
        const { longestWaiting, queueCutoffs } = await heads();
        expect(longestWaiting[1]).toMatchObject({
          requests: [{ reservationId: 'v2' }, { reservationId: 'v3' }],
          more: false,
        });
        expect(queueCutoffs).toEqual({});
      },
    );

    it('counts a request once, however many of its items wait in the queue', async () => {
      await queue(['v1', { rank: 1, requestedAt: 1 }], ['v2', { rank: 2, requestedAt: 2 }]);
      await apply(
        store,
        ...Array.from({ length: 20 }, (_, index): Change => ({
          do: 'enqueue',
          entry: anEntry('v1', { rank: 1, requestedAt: 1, item: index + 1 }),
        })),
      );
      const { requests, longestWaiting, queueCutoffs } = await heads();
      expect(requests.map(({ reservationId }) => reservationId)).toEqual(['v1', 'v2']);
      expect(longestWaiting[1]).toMatchObject({
        requests: [{ reservationId: 'v1' }, { reservationId: 'v2' }],
        more: false,
      });
      expect(queueCutoffs).toEqual({});
    });

    it('is short, however long the queue and large the pool', async () => {
      await queue(
        ...Array.from({ length: 40 }, (_, index): [string, object] => [
          `w${index}`,
          { rank: index },
        ]),
      );
      await apply(
        store,
        ...Array.from({ length: 40 }, (_, index): Change => ({
          do: 'createResource',
          resource: aResource(`x${index + 10}`),
        })),
      );
      const { requests, longestWaiting, queueCutoffs, available } = await heads();
      expect(requests.length).toBeLessThanOrEqual(9);
      expect(longestWaiting[1]!.requests.length).toBeLessThanOrEqual(9);
      expect(longestWaiting[1]!.more).toBe(true);
      expect(queueCutoffs[1]).toEqual(requests.at(-1));
      expect(available.length).toBeLessThanOrEqual(9);
    });
  });

  describe(`${name}: the load of work`, () => {
    const work = async (kinds: readonly OperationKind[] = OPERATION_KINDS, limit = 64) =>
      (await load(store, { load: 'work', kinds, limit })).due.map(({ resource }) => resource.id);

    it('has what is due now, the longest due first, and nothing that is held', async () => {
      await apply(store, due('r1', clock.at), due('r2', clock.at + 1), due('r3', clock.at - 5));
      expect(await work()).toEqual(['r3', 'r1']);
      await apply(store, {
        do: 'setResource',
        id: 'r3',
        set: { heldFor: 'v1', heldItem: 0 },
      });
      expect(await work()).toEqual(['r1']);
      expect(await work(['verify'])).toEqual([]);
    });

    it('has no more than the pool has room for beside the claimed operations', async () => {
      await apply(store, {
        do: 'setPool',
        id: 'p1',
        set: { policy: { ...aPool().policy, concurrency: 2 }, version: 2 },
      });
      await apply(store, due('r1', 0), due('r2', 0), due('r3', 0));
      expect(await work()).toHaveLength(2);
      expect(await work(OPERATION_KINDS, 1)).toHaveLength(1);
      await apply(store, {
        do: 'createOperation',
        operation: anOperation('o9', 'r9', { claimedUntil: clock.at + 1 }),
      });
      expect(await work()).toHaveLength(1);
      clock.advance(1);
      expect(await work()).toHaveLength(2);
    });

    it('has nothing of a pool whose breaker is open, and one call once it closes', async () => {
      await apply(store, due('r1', 0), due('r2', 0), {
        do: 'setBreaker',
        breaker: {
          poolId: 'p1',
          failures: 1,
          openUntil: clock.at + 10,
          reason: 'It is away.',
          since: clock.at,
        },
      });
      expect(await work()).toEqual([]);
      expect(await store.read.nextDue(OPERATION_KINDS)).toBe(clock.at + 10);
      clock.advance(10);
      expect(await work()).toHaveLength(1);
    });
  });

  describe(`${name}: the load of a pool`, () => {
    const operation = (id: string, fields: Parameters<typeof anOperation>[2]): Change => ({
      do: 'createOperation',
      operation: anOperation(id, id, { outcome: 'superseded', finishedAt: 1, ...fields }),
    });
    const lateUntil = async () => {
      const { lateUntil: at } = await load(store, { load: 'pool', name: 'empty' });
      return at;
    };

    it('says whether it has seats that are not destroyed', async () => {
      await apply(store, ...makePool({ id: 'p8', name: 'seats' }));
      const hasSeats = async () => (await load(store, { load: 'pool', name: 'seats' })).hasSeats;
      const seat = aResource('s1', { poolId: 'p8', classId: 1, name: 'cad.1', seatOf: 'cad' });
      expect(await hasSeats()).toBe(false);
      await apply(store, { do: 'createResource', resource: seat });
      expect(await hasSeats()).toBe(true);
      const gone = { status: 'destroyed', destroyedAt: 1 } as const;
      await apply(store, { do: 'setResource', id: 's1', set: gone });
      expect(await hasSeats()).toBe(false);
    });

    it('that is deleted and empty has the end of the last call that was superseded', async () => {
      await apply(store, ...makePool({ id: 'p9', name: 'empty', deletingAt: 1 }));
      expect(await lateUntil()).toBeNull();
      await apply(
        store,
        operation('o1', { poolId: 'p9', claimedUntil: 5 }),
        operation('o2', { poolId: 'p9', claimedUntil: 9 }),
        operation('o3', { poolId: 'p9', claimedUntil: 11, outcome: 'done' }),
        operation('o4', { claimedUntil: 12 }),
      );
      expect(await lateUntil()).toBe(9);
    });
  });

  describe(`${name}: the load of hearing`, () => {
    const hearing = (of: string, after: string) => ({
      at: 1,
      moving: { from: 1, until: 2, of, after },
    });
    const remember = (of: string, after: string): Change => ({
      do: 'setMetadata',
      name: 'hearing',
      value: JSON.stringify(hearing(of, after)),
    });
    const seen = async () => {
      const snapshot = await load(store, { load: 'hearing', limit: 2 });
      return [...snapshot.reservations, ...snapshot.resources].map(({ id }) => id);
    };

    it('has nothing unless deadlines are being moved', async () => {
      expect(await load(store, { load: 'hearing', limit: 2 })).toEqual({
        hearing: null,
        reservations: [],
        resources: [],
        pools: {},
      });
    });

    it('has the leases whose heartbeat is awaited, a piece at a time, in order of id', async () => {
      const lease = (id: string, fields: Parameters<typeof aReservation>[1]): Change => ({
        do: 'createReservation',
        reservation: aReservation(id, fields),
      });
      const beats = { heartbeat: 5, heartbeatBy: 5 };
      await apply(
        store,
        ...['v1', 'v2', 'v3', 'v4'].map((id) => lease(id, beats)),
        lease('v0', { ...beats, status: 'ended' }),
        lease('v5', { heartbeatBy: null }),
        remember('reservations', ''),
      );
      expect(await seen()).toEqual(['v1', 'v2']);
      await apply(store, remember('reservations', 'v2'));
      expect(await seen()).toEqual(['v3', 'v4']);
      await apply(store, remember('reservations', 'v4'));
      expect(await seen()).toEqual([]);
    });

    it('has the resources that expire, with their pools', async () => {
      await apply(
        store,
        { do: 'setResource', id: 'r1', set: { expiresAt: 5 } },
        { do: 'setResource', id: 'r3', set: { expiresAt: 5 } },
        remember('resources', ''),
      );
      expect(await seen()).toEqual(['r1', 'r3']);
      expect((await load(store, { load: 'hearing', limit: 2 })).pools).toEqual({ p1: aPool() });
      await apply(store, remember('resources', 'r1'));
      expect(await seen()).toEqual(['r3']);
    });
  });

  describe(`${name}: overdue reservations`, () => {
    it('leave out the leases that only a silence would end, in which nobody was heard', async () => {
      const lease = (id: string, fields: Parameters<typeof aReservation>[1]): Change => ({
        do: 'createReservation',
        reservation: aReservation(id, { deadlineAt: 5, endsAt: null, ...fields }),
      });
      await apply(
        store,
        lease('heard', { heartbeatBy: 5 }),
        lease('late', { heartbeatBy: 6, deadlineAt: 6 }),
        lease('over', { heartbeatBy: 7, endsAt: 6, deadlineAt: 6 }),
        lease('queued', { status: 'queued' }),
        lease('timely', { endsAt: 5 }),
      );
      const at = async (heard?: number) => (await store.read.overdue({ now: 9, heard }, 9)).sort();
      expect(await at(5)).toEqual(['heard', 'over', 'queued', 'timely']);
      expect(await at()).toEqual(['heard', 'late', 'over', 'queued', 'timely']);
    });
  });

  describe(`${name}: other loads`, () => {
    it('of a reservation has what it holds now, or what is held for it', async () => {
      await apply(
        store,
        { do: 'createReservation', reservation: aReservation('v1') },
        { do: 'allocate', allocation: anAllocation('r1', 'v1') },
        { do: 'setResource', id: 'r1', set: { status: 'allocated' } },
      );
      expect(
        (await load(store, { load: 'reservation', id: 'v1' }))!.holdings.map(
          ({ resource }) => resource.id,
        ),
      ).toEqual(['r1']);
      await queue(['v2', {}]);
      await apply(store, {
        do: 'setResource',
        id: 'r2',
        set: { heldFor: 'v2', heldItem: 0 },
      });
      expect(
        (await load(store, { load: 'reservation', id: 'v2' }))!.held.map(({ id }) => id),
      ).toEqual(['r2']);
      expect(await load(store, { load: 'reservation', id: 'none' })).toBeNull();
    });

    it('of a resource finds it by id and by name, and nothing of a deleted pool', async () => {
      expect((await load(store, { load: 'resource', idOrName: 'r1' }))!.resource.name).toBe(
        'pool-r1',
      );
      expect((await load(store, { load: 'resource', idOrName: 'pool-r1' }))!.resource.id).toBe(
        'r1',
      );
      await apply(
        store,
        { do: 'setResource', id: 'r1', set: { status: 'destroyed', destroyedAt: 1 } },
        { do: 'deletePool', id: 'p1' },
      );
      expect(await load(store, { load: 'resource', idOrName: 'r1' })).toBeNull();
    });

    it('of a submission resolves items to classes, and their names to resources', async () => {
      await apply(
        store,
        ...makePool({ id: 'p2', name: 'other', kind: 'vm', labels: { zone: 'us' } }),
      );
      const choices = async (...items: object[]) =>
        (
          await load(store, {
            load: 'submission',
            items: items.map((item) => ({ count: 1, ...item })),
          })
        ).choices.map((classes) => classes.map(({ poolId, resourceId }) => resourceId ?? poolId));
      expect(await choices({ pool: 'pool' }, { kind: 'vm' }, { type: 'free' })).toEqual([
        ['p1'],
        ['p2'],
        ['p1', 'p2'],
      ]);
      expect(
        await choices(
          { labels: { zone: 'us' } },
          { labels: { zone: 'moon' } },
          { pool: 'pool', type: 'none' },
        ),
      ).toEqual([['p2'], [], []]);
      expect(
        await choices({ resource: 'pool-r1' }, { resource: 'r2' }, { resource: 'r9' }),
      ).toEqual([['r1'], ['r2'], []]);
      await apply(
        store,
        { do: 'setPool', id: 'p2', set: { deletingAt: 1, version: 2 } },
        { do: 'setResource', id: 'r1', set: { adminState: 'draining' } },
      );
      expect(await choices({ kind: 'vm' }, { resource: 'r1' })).toEqual([[], []]);
    });

    it('of a size has the counts of those that stay, and those that could go, idle before lent', async () => {
      await apply(
        store,
        { do: 'setPool', id: 'p1', set: { size: 1, version: 2 } },
        { do: 'setResource', id: 'r3', set: { status: 'allocated' } },
      );
      const sizing = (await load(store, { load: 'sizing', poolId: 'p1' }))!;
      expect([sizing.counts, sizing.numbers]).toEqual([{ 1: 3 }, []]);
      expect(sizing.removable.map(({ id }) => id)).toEqual(['r2', 'r1']);
      await apply(store, { do: 'setResource', id: 'r2', set: { adminState: 'draining' } });
      expect((await load(store, { load: 'sizing', poolId: 'p1' }))!.counts).toEqual({ 1: 2 });
      expect(await load(store, { load: 'sizing', poolId: 'none' })).toBeNull();
    });

    it('of spares has as many as may become available, or as are available too many', async () => {
      const spares = async () =>
        (await load(store, { load: 'spares', poolId: 'p1' }))!.classes.map((part) => ({
          room: part.room,
          spares: part.spares.map(({ id }) => id),
          available: part.available.map(({ resourceId }) => resourceId),
        }));
      await apply(
        store,
        { do: 'setPool', id: 'p1', set: { size: 2, spares: 1, version: 2 } },
        { do: 'setResource', id: 'r1', set: { status: 'spare', rank: 9 } },
        { do: 'setResource', id: 'r2', set: { status: 'spare', rank: 8 } },
      );
      expect(await spares()).toEqual([{ room: 1, spares: ['r2'], available: [] }]);
      await apply(store, { do: 'setResource', id: 'r2', set: { adminState: 'maintenance' } });
      expect(await spares()).toEqual([{ room: 1, spares: ['r1'], available: [] }]);
      await apply(store, { do: 'setPool', id: 'p1', set: { size: 0, version: 3 } });
      expect(await spares()).toEqual([{ room: -1, spares: [], available: ['r3'] }]);
      expect(await load(store, { load: 'spares', poolId: 'none' })).toBeNull();
    });

    it('at start goes through the available and spare resources, page by page', async () => {
      await apply(store, { do: 'setResource', id: 'r2', set: { status: 'dirty' } });
      const page = async (after: string | null, limit: number) =>
        (await load(store, { load: 'startup', after, limit })).resources.map(({ id }) => id);
      expect([await page(null, 1), await page('r1', 5)]).toEqual([['r1'], ['r3']]);
      await apply(store, { do: 'setResource', id: 'r2', set: { status: 'spare' } });
      expect(await page('r1', 5)).toEqual(['r2', 'r3']);
    });
  });

  describe(`${name}: forgetting`, () => {
    const before = (at: number) => ({
      events: at,
      reservations: at,
      tokens: at,
      sessions: 0,
      idempotency: at,
      operations: at,
      unserved: at,
      returns: 0,
      tallies: { hour: 0, day: 0 },
      mostEnded: 1_000,
      mostEvents: 1_000,
    });

    it('takes what was never served earlier, and the oldest of a user who has too many', async () => {
      const ended = { status: 'ended', endedAt: 5 } as const;
      const served = { ...ended, startsAt: 4 };
      await apply(
        store,
        { do: 'createReservation', reservation: aReservation('v1', served) },
        { do: 'createReservation', reservation: aReservation('v2', ended) },
        { do: 'createReservation', reservation: aReservation('v3', served) },
        { do: 'createReservation', reservation: aReservation('v4') },
      );
      const left = async () =>
        (await store.read.reservations({}, { after: null, limit: 10 })).map(({ id }) => id);
      await store.prune({ ...before(1), unserved: 6 }, 100);
      expect(await left()).toEqual(['v1', 'v3', 'v4']);
      await store.prune({ ...before(1), mostEnded: 1 }, 100);
      expect(await left()).toEqual(['v3', 'v4']);
    });

    it('takes the oldest events where there are too many', async () => {
      for (let made = 0; made < 5; made += 1)
        await apply(store, { do: 'append', event: { type: 'user.deleted', userId: `u${made}` } });
      await store.prune({ ...before(1), mostEvents: 2 }, 100);
      const events = await store.read.eventsAfter(0, 100);
      expect(events.map(({ userId }) => userId)).toEqual(['u3', 'u4']);
    });

    it(
      'takes reservations that ended before, with their allocations, and a resource only ' +
        'when nothing refers to it',
      async () => {
        const ended = { status: 'ended', endedAt: 5 } as const;
        await apply(
          store,
          { do: 'createReservation', reservation: aReservation('v1', ended) },
          { do: 'createReservation', reservation: aReservation('v2') },
        );
        await apply(
          store,
          { do: 'allocate', allocation: anAllocation('r1', 'v1', { endedAt: 5 }) },
          { do: 'allocate', allocation: anAllocation('r2', 'v2') },
        );
        await apply(
          store,
          { do: 'setResource', id: 'r1', set: { status: 'destroyed', destroyedAt: 5 } },
          { do: 'setResource', id: 'r2', set: { status: 'destroyed', destroyedAt: 5 } },
        );
        expect(await store.prune(before(5), 100)).toBe(0);
        expect(await store.prune(before(6), 100)).toBe(3);
        expect(await store.read.reservation('v1')).toBeNull();
        expect(await store.read.reservation('v2')).not.toBeNull();
        expect(await store.read.resource('r1')).toBeNull();
        expect(await store.read.holdings('v2')).toHaveLength(1);
      },
    );

    it('takes API tokens that have long been dead, but not imported ones', async () => {
      const tokens = [
        aToken('t1', 'u1', { revokedAt: 5 }),
        aToken('t2', 'u1', { expiresAt: 5 }),
        aToken('t3', 'u1', { revokedAt: 5, imported: true }),
        aToken('t4', 'u1'),
        aToken('t5', 'u1', { expiresAt: 50, revokedAt: 6 }),
      ];
      await apply(
        store,
        { do: 'createUser', user: aUser('u1') },
        ...tokens.map((token): Change => ({ do: 'createToken', token })),
      );
      expect(await store.prune(before(6), 1)).toBe(2);
      expect(await store.prune(before(6), 100)).toBe(0);
      const left = await store.read.tokensOf('u1', { after: null, limit: 10 });
      expect(left.map(({ id }) => id)).toEqual(['t3', 't4', 't5']);
    });

    it('takes a session once it has ended', async () => {
      await apply(
        store,
        { do: 'createSession', session: aSession('s1', 'u1', { endsAt: 6 }) },
        { do: 'createSession', session: aSession('s2', 'u1', { endsAt: 7 }) },
      );
      expect(await store.prune({ ...before(0), sessions: 6 }, 100)).toBe(1);
      expect((await store.read.sessionsOf('u1')).map(({ session }) => session.id)).toEqual(['s2']);
    });

    it('keeps a token as long as an event refers to it', async () => {
      const tokens = [
        aToken('t1', 'u1', { expiresAt: 5, revokedAt: 50 }),
        aToken('t2', 'u1', { expiresAt: 5 }),
      ];
      await apply(
        store,
        { do: 'createUser', user: aUser('u1') },
        ...tokens.map((token): Change => ({ do: 'createToken', token })),
      );
      const left = async () =>
        (await store.read.tokensOf('u1', { after: null, limit: 10 })).map(({ id }) => id);
      await store.prune({ ...before(10), events: 5, tokens: 5 }, 100);
      expect(await left()).toEqual(['t1', 't2']);
      await store.prune(before(10), 100);
      expect(await left()).toEqual(['t1']);
      await store.prune(before(51), 100);
      expect(await left()).toEqual([]);
    });

    it('works in bounded steps, and keeps the newest event', async () => {
      const event: Change = { do: 'append', event: { type: 'user.changed' } };
      await apply(store, event, event, event);
      clock.advance(10);
      expect(await store.prune(before(clock.at), 1)).toBe(1);
      expect(await store.prune(before(clock.at), 100)).toBe(1);
      expect(await store.read.eventsAfter(0, 10)).toHaveLength(1);
    });
  });
}
