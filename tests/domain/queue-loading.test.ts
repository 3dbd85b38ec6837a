import { scheduleChanges, serveWith } from '../../src/domain/loans/granting';
import { loadQueues, type QueueAsk } from '../../src/domain/queue/loading';
import { OVERTAKE_LIMIT, QUEUE_DEPTH } from '../../src/domain/queue/ranks';
import type { Schedule } from '../../src/domain/queue/queues';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aWorld, NOW, run, runTold, type World } from './support/world';

/** How much of the queues is loaded for one decision, however long they are. */

const types = ['a', 'b', 'c'].map((name) => ({ name, share: 1, spec: {} }));
const id = (n: number) => `v${String(n).padStart(2, '0')}`;

/** `count` requests in each of the queues 1 and 2, the first of all in rank 1. */
function world(
  count: number,
  fields: (n: number) => object = () => ({}),
  things: Partial<World> = {},
) {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return aWorld([aPool({ types })], {
    reservations: numbers.map((n) =>
      aReservation(id(n), { status: 'queued', requestedAt: n, ...fields(n) }),
    ),
    entries: numbers.flatMap((n) =>
      [1, 2].map((classId) => anEntry(id(n), { classId, rank: n, requestedAt: n, missing: 1 })),
    ),
    ...things,
  });
}
const ids = (requests: { reservationId: string }[]) =>
  requests.map(({ reservationId }) => reservationId);
const load = (of: World, ask: Partial<QueueAsk> = {}) =>
  run(loadQueues({ classIds: [1], need: 0, ...ask }, NOW), of).queues;

test.each([QUEUE_DEPTH - 1, QUEUE_DEPTH, QUEUE_DEPTH + 1, 3 * QUEUE_DEPTH])(
  'of a queue of %i, the heads are loaded, and the last of them is told if there are more',
  (count) => {
    const candidates = Array.from({ length: QUEUE_DEPTH / 2 }, (_, n) => aResource(`r${n}`));
    const { requests, queueCutoffs } = load(world(count), { candidates });
    const expected = Math.min(count, QUEUE_DEPTH);
    expect(ids(requests)).toEqual(Array.from({ length: expected }, (_, index) => id(index + 1)));
    expect(requests[0]!.items).toEqual([
      { classes: [1, 2], resourceId: null, count: 2, missing: 1 },
    ]);
    expect(
      Object.entries(queueCutoffs).map(([of, { reservationId }]) => [of, reservationId]),
    ).toEqual(count > QUEUE_DEPTH ? [['1', id(QUEUE_DEPTH)]] : []);
  },
);

test.each([
  [0, 0, 2],
  [0, 1, 2],
  [1, 1, 4],
  [3, 0, 6],
  [4, 4, QUEUE_DEPTH],
])('with %i available and %i freed, so many heads are loaded: %i', (available, freed, depth) => {
  const made = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, n) => aResource(`${prefix}${n}`));
  const of = world(2 * QUEUE_DEPTH, undefined, { resources: made(available, 'r') });
  const { requests } = load(of, { need: available, candidates: made(freed, 'f') });
  expect(requests).toHaveLength(depth);
});

test('a new request that takes any of its class loads no queue while nothing can be given', () => {
  const incoming = [{ classes: [1], resourceId: null, count: 1, missing: 1 }];
  const of = world(3);
  expect(load(of, { need: 1, incoming })).toMatchObject({ requests: [], longestWaiting: {} });
  expect(load(of, { need: 1, incoming: [{ ...incoming[0]!, resourceId: 'r1' }] }).requests).toEqual(
    expect.arrayContaining([expect.objectContaining({ reservationId: 'v01' })]),
  );
  const there = world(3, undefined, { resources: [aResource('r1')] });
  expect(ids(load(there, { need: 1, incoming }).requests)).toEqual(['v01', 'v02']);
});

test.each([
  [0, [], 1],
  [1, [], 3],
  [1, [aResource('r1')], 5],
  [3, [], 7],
  [50, [], QUEUE_DEPTH + 1],
])(
  '%i wanted and %j freed: so many of the longest waiting are loaded: %i',
  (need, candidates, depth) => {
    const { longestWaiting } = load(world(2 * QUEUE_DEPTH), { need, candidates });
    expect(Object.keys(longestWaiting)).toEqual(['1', '2']);
    for (const { requests, more } of Object.values(longestWaiting)) {
      expect(requests).toHaveLength(depth);
      expect(more).toBe(true);
    }
    const whole = load(world(depth), { need, candidates }).longestWaiting[1]!;
    expect([whole.requests.length, whole.more]).toEqual([depth, false]);
  },
);

test('the queues that the longest waiting would get ahead in are loaded, and no others', () => {
  // v02 also waits for class 3, whose queue nobody asked for.
  const beside = (overtaken: number) => {
    const of = world(1);
    of.reservations.push(
      aReservation('v02', { status: 'queued', requestedAt: 0, overtaken }),
      aReservation('v03', { status: 'queued', requestedAt: 0 }),
    );
    of.entries.push(
      anEntry('v02', { classId: 3, rank: 9, requestedAt: 0 }),
      anEntry('v02', { classId: 4, rank: 9, requestedAt: 0 }),
    );
    return Object.keys(load(of, { advancing: [3] }).longestWaiting);
  };
  expect(beside(OVERTAKE_LIMIT - 1)).toEqual(['1', '2', '3', '4']);
  expect(beside(OVERTAKE_LIMIT - 2)).toEqual(['1', '2', '3']);
});

test('only as many resources as are needed are loaded, and what is held, with their pools', () => {
  const resources = [1, 2, 3].map((n) => aResource(`r${n}`));
  const heldBy = aResource('r9', { poolId: 'p2', heldFor: 'v01', heldItem: 0 });
  const of = world(1, undefined, { resources: [...resources, heldBy] });
  of.pools.push(aPool({ id: 'p2', name: 'second' }));
  const { queues, pools } = run(loadQueues({ classIds: [1], need: 2 }, NOW), of);
  expect(queues.available.map(({ resourceId }) => resourceId)).toEqual(['r1', 'r2']);
  expect(queues.held.map(({ resourceId }) => resourceId)).toEqual(['r9']);
  expect(Object.keys(pools)).toEqual(['p1', 'p2']);
});

test('a request that names what becomes free is loaded, the second one too', () => {
  const of = world(1);
  for (const n of [2, 3, 4]) {
    of.reservations.push(aReservation(id(n), { status: 'queued', requestedAt: n }));
    of.entries.push(anEntry(id(n), { resourceId: 'r1', rank: n, requestedAt: n }));
  }
  expect(ids(load(of, { candidates: [aResource('r1')] }).requests)).toEqual([id(1), id(2), id(3)]);
});

describe('beside what becomes free', () => {
  const there = ['r1', 'r2'].map((name, rank) => aResource(name, { rank }));
  const freed = aResource('r3', { rank: 3, status: 'dirty' });
  const lent = (of: World) => {
    const snapshot = run(loadQueues({ classIds: [1], need: 0, candidates: [freed] }, NOW), of);
    const candidate = { ...freed, resourceId: freed.id, heldFor: null, heldItem: null };
    return serveWith(snapshot, [candidate], NOW).flatMap((change) =>
      change.do === 'allocate'
        ? `${change.allocation.resourceId} to ${change.allocation.reservationId}`
        : [],
    );
  };

  test('something better that is available is lent first', () => {
    expect(lent(world(1, undefined, { resources: [...there, freed] }))).toEqual(['r1 to v01']);
    expect(lent(world(2, undefined, { resources: [there[1]!, freed] }))).toEqual([
      'r2 to v01',
      'r3 to v02',
    ]);
  });

  test('what is available goes to a request that names it before a later one', () => {
    const of = world(3, undefined, { resources: [...there, freed] });
    of.reservations.push(aReservation('v00', { status: 'queued', requestedAt: 0 }));
    of.entries.push(anEntry('v00', { resourceId: 'r1', rank: 0, requestedAt: 0, missing: 1 }));
    expect(lent(of)).toEqual(['r1 to v00', 'r2 to v01', 'r3 to v02']);
  });

  test('as much is loaded as those who wait want, and nothing if nobody does', () => {
    const available = (of: World, candidates = [freed]) =>
      load(of, { candidates }).available.map(({ resourceId }) => resourceId);
    const of = (count: number) => world(count, undefined, { resources: [...there, freed] });
    expect([0, 1, 2, 3].map((count) => available(of(count)))).toEqual([
      [],
      ['r1'],
      ['r1', 'r2'],
      ['r1', 'r2'],
    ]);
    expect(available(of(2), [there[0]!])).toEqual(['r2']);
    expect(available(of(2), [])).toEqual([]);
  });
});

test('the reservation that ends, and one whose time is up, are not loaded', () => {
  const of = world(3, (n) => ({ deadlineAt: n === 2 ? NOW : null }));
  expect(ids(load(of, { except: 'v01' }).requests)).toEqual(['v03']);
});

test('what is not there is not asked for', () => {
  const asked = (ask: QueueAsk, of = aWorld([])) =>
    runTold(loadQueues(ask, NOW), of).asked.map((query) => query.ask);
  expect(asked({ classIds: [], need: 5 })).toEqual([]);
  expect(asked({ classIds: [1], need: 0 })).toEqual(['queueHeads', 'longestWaiting']);
  expect(asked({ classIds: [1], need: 1 })).toEqual(['available', 'queueHeads', 'longestWaiting']);
  expect(asked({ classIds: [], need: 1, candidates: [aResource('r1')] })).toEqual([
    'queueForResource',
  ]);
  const once = asked({ classIds: [1, 2], need: 0 }, world(1));
  expect(once.filter((name) => name === 'queued' || name === 'heldFor')).toHaveLength(2);
});

test('everything in a schedule is written', () => {
  const candidate = {
    resourceId: 'r1',
    classId: 1,
    poolId: 'p1',
    generation: 4,
    rank: 1,
    operationId: 'op',
    heldFor: null,
    heldItem: null,
  };
  const plan: Schedule = {
    grants: [{ reservationId: 'v1', picks: [{ item: 0, candidate }] }],
    held: [
      {
        reservationId: 'v2',
        pick: { item: 1, candidate: { ...candidate, resourceId: 'r2' } },
        until: NOW + 5,
      },
    ],
    parked: [
      {
        reservationId: 'v4',
        released: [{ ...candidate, resourceId: 'r3', heldFor: 'v4', heldItem: 2 }],
      },
    ],
    unparked: ['v2'],
    taken: [{ reservationId: 'v5', item: 1 }],
    missing: [{ reservationId: 'v2', item: 1, missing: 3 }],
    promotions: [{ reservationId: 'v2', rank: -5 }],
    overtakes: [{ reservationId: 'v3', overtaken: 2 }],
  };
  const { queues } = run(loadQueues({ classIds: [], need: 0 }, NOW), aWorld([]));
  const reservations = { v1: aReservation('v1', { status: 'queued', duration: null }) };
  const changes = scheduleChanges(plan, { queues, reservations, pools: { p1: aPool() } }, NOW);
  expect(changes).toEqual([
    expect.objectContaining({ do: 'setReservation', id: 'v1' }),
    { do: 'dequeue', reservationId: 'v1' },
    expect.objectContaining({ do: 'allocate' }),
    expect.objectContaining({ do: 'setResource', id: 'r1' }),
    expect.objectContaining({ do: 'append' }),
    {
      do: 'setOperation',
      id: 'op',
      set: { outcome: 'superseded', sealedMemo: null, finishedAt: NOW },
    },
    {
      do: 'append',
      event: {
        type: 'reservation.active',
        reservationId: 'v1',
        userId: 'u1',
        data: { endsAt: null },
      },
    },
    { do: 'setResource', id: 'r2', set: { heldFor: 'v2', heldItem: 1, heldUntil: NOW + 5 } },
    { do: 'setParked', reservationId: 'v4', parked: true },
    { do: 'setResource', id: 'r3', set: { heldFor: null, heldItem: null, heldUntil: null } },
    { do: 'releaseHold', reservationId: 'v4', item: 2 },
    { do: 'setParked', reservationId: 'v2', parked: false },
    { do: 'setMissing', reservationId: 'v2', item: 1, missing: 3 },
    { do: 'releaseHold', reservationId: 'v5', item: 1 },
    { do: 'setRank', reservationId: 'v2', rank: -5 },
    { do: 'setReservation', id: 'v3', set: { overtaken: 2 } },
  ]);
});
