import type { QueueEntry } from '../../src/domain/change';
import {
  loadPoolQueue,
  type PoolQueuePage,
  type QueueCursor,
} from '../../src/domain/queue/pool-queue';
import { aPool, aReservation, anEntry } from './support/objects';
import { aWorld, NOW, run, type World } from './support/world';

const types = ['free', 'lite'].map((name) => ({ name, share: 1, spec: {} }));
const POOLS = [aPool({ types }), aPool({ id: 'p2', name: 'other' })];
/** The classes of the first pool, and the one of the second. */
const HERE = [1, 2];
const OTHER = 3;

function worldOf(...entries: QueueEntry[]): World {
  const ids = [...new Set(entries.map(({ reservationId }) => reservationId))];
  const reservations = ids.map((id) => aReservation(id, { status: 'queued' }));
  return aWorld(POOLS, { entries, reservations });
}

/** The ids of all requests, by pages of that many. */
function pagesOf(world: World, limit: number): string[][] {
  const pages: string[][] = [];
  for (let after: QueueCursor | null = null; ;) {
    const page: PoolQueuePage = run(loadPoolQueue({ classIds: HERE, after, limit }, NOW), world);
    pages.push(page.requests.map(({ reservation }) => reservation.id));
    if (page.next === null) return pages;
    after = page.next;
  }
}

const ordered = (id: string, rank: number, classId = 1, item = 0) =>
  anEntry(id, { rank, classId, item });

test('requests come by rank, whichever class of the pool they wait for, each once', () => {
  const world = worldOf(
    ordered('v3', 30, 2),
    ordered('v1', 10),
    ordered('v2', 20),
    ordered('v2', 20, 2, 1),
    ordered('v0', 10, 2),
  );
  expect(pagesOf(world, 100)).toEqual([['v0', 'v1', 'v2', 'v3']]);
  expect(pagesOf(world, 3)).toEqual([['v0', 'v1', 'v2'], ['v3']]);
  expect(pagesOf(world, 2)).toEqual([
    ['v0', 'v1'],
    ['v2', 'v3'],
  ]);
});

test('then come those that name a resource, then those that are parked', () => {
  const world = worldOf(
    anEntry('v1', { rank: 1, parked: true }),
    anEntry('v2', { rank: 2, resourceId: 'r2' }),
    anEntry('v3', { rank: 3, resourceId: 'r1' }),
    anEntry('v3', { rank: 3, resourceId: 'r2', item: 1 }),
    anEntry('v4', { rank: 4, resourceId: 'r1' }),
    ordered('v4', 4, 2, 1),
    ordered('v5', 5),
  );
  const all = ['v4', 'v5', 'v3', 'v2', 'v1'];
  expect(pagesOf(world, 100)).toEqual([all]);
  for (const limit of [1, 2, 3, 4, 5]) {
    const pages = pagesOf(world, limit);
    expect(pages.flat()).toEqual(all);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  }
});

test('requests for other pools only, complete items, and waits that are over are left out', () => {
  const world = worldOf(
    ordered('v1', 1, OTHER),
    anEntry('v2', { rank: 2, classId: OTHER, resourceId: 'r9' }),
    anEntry('v3', { rank: 3, classId: OTHER, parked: true }),
    anEntry('v4', { rank: 4, missing: 0 }),
    ordered('v5', 5),
    anEntry('v6', { rank: 6, resourceId: 'r1' }),
    anEntry('v7', { rank: 7, parked: true }),
    ordered('v8', 8),
  );
  for (const reservation of world.reservations)
    if (['v5', 'v6', 'v7'].includes(reservation.id)) reservation.deadlineAt = NOW;
  expect(pagesOf(world, 100)).toEqual([['v8']]);
});

test('a request is shown with what it lacks here, and with its place', () => {
  const world = worldOf(ordered('v1', 1), ordered('v2', 2), ordered('v2', 2, OTHER, 1));
  const { requests } = run(loadPoolQueue({ classIds: HERE, after: null, limit: 9 }, NOW), world);
  expect(requests[1]).toMatchObject({
    entries: [{ classId: 1 }],
    positions: [
      { item: 0, ahead: 1 },
      { item: 1, ahead: 0 },
    ],
  });
});

test('entries of other pools are looked through in windows, which a cursor joins', () => {
  const others = Array.from({ length: 501 }, (_, index) =>
    anEntry(`w${String(index).padStart(3, '0')}`, { classId: OTHER, parked: true }),
  );
  const world = worldOf(...others, anEntry('x1', { parked: true }));
  expect(pagesOf(world, 5)).toEqual([[], ['x1']]);
});
