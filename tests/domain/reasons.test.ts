import type { Resource } from '../../src/domain/lifecycle/resource';
import type { Pool } from '../../src/domain/pools/pool';
import { loadReasons, reasonsFor, type Supply } from '../../src/domain/queue/reasons';
import { aPool, aReservation, aResource, anEntry } from './support/objects';
import { aWorld, NOW, run, type World } from './support/world';

const NOTHING: Supply = { counts: [], first: {}, pools: [] };

const POOL = aPool();
const { deadline } = POOL.policy.cleaning;

function worldOf(resources: [string, Partial<Resource>][], things: Partial<World> = {}): World {
  return aWorld([POOL], {
    resources: resources.map(([id, fields]) => aResource(id, fields)),
    reservations: [aReservation('v1', { status: 'queued' })],
    entries: [anEntry('v1', { rank: 1 })],
    ...things,
  });
}

/** The reasons of the first item, as texts. */
function why(world: World): string[] {
  const [first] = run(loadReasons('v1', NOW), world);
  return first!.because.map(({ reason, count, until }) =>
    [reason, count, ...(until === null ? [] : [until - NOW])].join(' '),
  );
}

test('each state of a resource is a reason of its own, with its number', () => {
  const world = worldOf([
    ['r1', { status: 'allocated', backAt: NOW + 900 }],
    ['r2', { status: 'allocated', backAt: NOW + 500 }],
    ['r3', { status: 'allocated', backAt: null }],
    ['r4', { heldFor: 'v9', heldItem: 0, heldUntil: NOW + 70 }],
    ['r5', { adminState: 'maintenance' }],
    ['r6', { status: 'allocated', adminState: 'maintenance' }],
    ['r7', { status: 'quarantined' }],
    ['r8', { status: 'destroying' }],
  ]);
  expect(why(world)).toEqual(['held 3 500', 'booked 1 70', 'maintenance 2', 'quarantined 1']);
});

test('a maintenance whose end was given tells it, the first of several', () => {
  const maintenance = (maintenanceUntil: number | null): Partial<Resource> => {
    return { adminState: 'maintenance', maintenanceUntil };
  };
  const world = worldOf([
    ['r1', maintenance(null)],
    ['r2', maintenance(NOW + 800)],
    ['r3', maintenance(NOW + 300)],
    ['r4', maintenance(NOW + 500)],
  ]);
  expect(why(world)).toEqual(['maintenance 4 300']);
  const entries = [anEntry('v1', { resourceId: 'r2', count: 1, missing: 1 })];
  expect(why({ ...world, entries })).toEqual(['maintenance 1 800']);
  expect(why(worldOf([['r1', maintenance(NOW - 5)]]))).toEqual(['maintenance 1 0']);
});

test('resources that are made or cleaned come at the latest after all their driver calls', () => {
  const cleaning = worldOf([
    ['r1', { status: 'dirty' }],
    ['r2', { status: 'provisioning' }],
  ]);
  const [reason] = run(loadReasons('v1', NOW), cleaning)[0]!.because;
  expect(reason).toMatchObject({ reason: 'cleaning', count: 2 });
  expect(reason!.until! - NOW).toBeGreaterThanOrEqual(deadline);
  const breaker = { poolId: POOL.id, failures: 1, openUntil: 0, reason: 'down', since: 0 };
  expect(why({ ...cleaning, breakers: [breaker] })).toEqual(['cleaning 2']);
});

test('requests before it are a reason, besides what they wait for', () => {
  const entries = [anEntry('v0', { rank: 0 }), anEntry('v1', { rank: 1 })];
  const world = worldOf([['r1', { status: 'allocated', backAt: NOW - 5 }]], { entries });
  world.reservations.push(aReservation('v0', { status: 'queued' }));
  expect(why(world)).toEqual(['held 1 0', 'ahead 1']);
  expect(run(loadReasons('v1', NOW), world)).toMatchObject([{ item: 0, ahead: 1, missing: 2 }]);
});

test('a class without resources is a reason', () => {
  expect(why(worldOf([]))).toEqual(['none 0']);
  expect(why(worldOf([['r1', { status: 'destroying' }]]))).toEqual(['none 0']);
  expect(reasonsFor(2, NOTHING, NOW).map(({ reason }) => reason)).toEqual(['ahead', 'none']);
});

test('an item that names a resource tells of that one only', () => {
  const entries = [anEntry('v1', { resourceId: 'r2', count: 1, missing: 1 })];
  const others: [string, Partial<Resource>] = ['r1', { status: 'quarantined' }];
  const whyNamed = (fields: Partial<Resource>) =>
    why(worldOf([others, ['r2', fields]], { entries }));
  expect(whyNamed({ status: 'allocated', backAt: NOW + 10 })).toEqual(['held 1 10']);
  expect(whyNamed({ adminState: 'maintenance' })).toEqual(['maintenance 1']);
  expect(whyNamed({ heldFor: 'v9', heldUntil: null })).toEqual(['booked 1']);
});

test('items that lack nothing have no reasons, nor has a reservation that is not queued', () => {
  const entries = [
    anEntry('v1', { missing: 0 }),
    anEntry('v1', { item: 1, classId: 1, count: 1, missing: 1 }),
  ];
  const found = run(loadReasons('v1', NOW), worldOf([], { entries }));
  expect(found.map(({ item }) => item)).toEqual([1]);
  expect(run(loadReasons('v2', NOW), worldOf([]))).toEqual([]);
});

test('two pools that could serve it are counted together', () => {
  const second: Pool = aPool({ id: 'p2', name: 'second' });
  const world = aWorld([POOL, second], {
    resources: [
      aResource('r1', { status: 'allocated', backAt: NOW + 9 }),
      aResource('r2', { poolId: 'p2', classId: 2, status: 'allocated', backAt: NOW + 4 }),
    ],
    reservations: [aReservation('v1', { status: 'queued' })],
    entries: [anEntry('v1', { rank: 1 }), anEntry('v1', { rank: 1, classId: 2 })],
  });
  expect(why(world)).toEqual(['held 2 4']);
});
