import type { Breaker } from '../../src/domain/change';
import { earliestDue, loadNextDue, loadWork, roomOf } from '../../src/domain/lifecycle/dispatch';
import { OPERATION_KINDS, type OperationKind } from '../../src/domain/lifecycle/operation';
import type { Resource } from '../../src/domain/lifecycle/resource';
import type { Pool } from '../../src/domain/pools/pool';
import { aPool, anAllocation, anOperation, aReservation, aResource } from './support/objects';
import { aWorld, NOW, run, runTold, type World } from './support/world';

/** Which driver calls are made next: order in a pool, fairness among pools, the breaker. */

const pool = (id: string, concurrency = 8): Pool => {
  const { policy } = aPool();
  return aPool({ id, name: id, policy: { ...policy, concurrency } });
};
const dirty = (poolId: string, id: string, fields: Partial<Resource> = {}) =>
  aResource(id, { poolId, status: 'dirty', nextOperation: 'clean', dueAt: NOW, ...fields });
const many = (poolId: string, count: number) =>
  Array.from({ length: count }, (_, index) => dirty(poolId, `${poolId}${100 + index}`));
const breaker = (poolId: string, openUntil: number): Breaker => ({
  poolId,
  failures: 1,
  openUntil,
  reason: 'It is away.',
  since: 0,
});
const underWay = (poolId: string, id: string) =>
  anOperation(id, `of-${id}`, { poolId, claimedUntil: NOW + 1 });

const due = (
  world: World,
  limit = 64,
  kinds: readonly OperationKind[] = OPERATION_KINDS,
): string[] => run(loadWork({ kinds, limit }, NOW), world).due.map(({ resource }) => resource.id);
const perPool = (ids: string[]) => [
  ids.filter((id) => id.startsWith('a')).length,
  ids.filter((id) => id.startsWith('b')).length,
];

describe('in a pool', () => {
  it('the most urgent kind goes first, of a kind what has been due for longest', () => {
    const resources = [
      dirty('a', 'a1'),
      dirty('a', 'a2', { dueAt: NOW - 5 }),
      dirty('a', 'a3', { nextOperation: 'closeAccess' }),
      dirty('a', 'a4', { nextOperation: 'verify', dueAt: 0 }),
      dirty('a', 'a5', { dueAt: NOW + 1 }),
      dirty('a', 'a6', { heldFor: 'v1' }),
    ];
    const world = aWorld([pool('a')], { resources });
    expect(due(world)).toEqual(['a3', 'a2', 'a1', 'a4']);
    expect(due(world, 64, ['verify'])).toEqual(['a4']);
  });

  it('there is room beside what is under way, and no more', () => {
    const world = aWorld([pool('a', 3)], {
      resources: many('a', 9),
      operations: [underWay('a', 'o1'), anOperation('o2', 'x', { poolId: 'a', claimedUntil: NOW })],
    });
    expect(due(world)).toHaveLength(2);
  });
});

describe('of a worker whose reports wait for their commit', () => {
  const own = (id: string) =>
    anOperation(id, `of-${id}`, { poolId: 'a', claimedUntil: NOW + 1, claimedBy: 'me' });
  const claimed = (calls: number, ...operations: ReturnType<typeof own>[]) => {
    const world = aWorld([pool('a', 3)], { resources: many('a', 9), operations });
    const calling = { worker: 'me', calls: () => calls };
    return run(loadWork({ kinds: OPERATION_KINDS, limit: 64, calling }, NOW), world).due.length;
  };

  it('only calls count as long as all claims are its own', () => {
    expect(claimed(1, own('o1'), own('o2'), own('o3'))).toBe(2);
    expect(claimed(0, own('o1'), own('o2'), own('o3'), own('o4'))).toBe(3);
    expect(claimed(3, own('o1'))).toBe(0);
  });

  it('all claims count beside those of others', () => {
    expect(claimed(0, own('o1'), underWay('a', 'o2'))).toBe(1);
    expect(claimed(0, own('o1'), own('o2'), own('o3'), underWay('a', 'o4'))).toBe(0);
  });

  it('a back end that is tested gets one claim', () => {
    const breakers = [breaker('a', NOW)];
    const world = aWorld([pool('a')], {
      resources: many('a', 2),
      operations: [own('o1')],
      breakers,
    });
    const calling = { worker: 'me', calls: () => 0 };
    expect(run(loadWork({ kinds: OPERATION_KINDS, limit: 9, calling }, NOW), world).due).toEqual(
      [],
    );
  });
});

describe('among pools', () => {
  it('one with a long backlog takes nothing from another', () => {
    const resources = [...many('a', 50), ...many('b', 3)];
    const world = aWorld([pool('a', 50), pool('b', 50)], { resources });
    expect(perPool(due(world, 8))).toEqual([5, 3]);
    expect(perPool(due(world, 4))).toEqual([2, 2]);
  });

  it('the one with fewer calls under way has the first turn', () => {
    const world = aWorld([pool('a'), pool('b')], {
      resources: [...many('a', 5), ...many('b', 5)],
      operations: [underWay('a', 'o1')],
    });
    expect(due(world, 1)).toEqual(['b100']);
  });

  it('a long backlog is read only as far as it is taken', () => {
    const resources = [...many('a', 40), ...many('b', 40)];
    const world = aWorld([pool('a'), pool('b')], { resources });
    const { asked } = runTold(loadWork({ kinds: ['clean'], limit: 8 }, NOW), world);
    const pieces = asked.flatMap((query) => (query.ask === 'due' ? query.limit : []));
    expect(pieces).toEqual([4, 4]);
  });
});

describe('the breaker of a pool', () => {
  const resources = [...many('a', 5), ...many('b', 5)];

  it('lets nothing through while it is open, and harms no other pool', () => {
    const world = aWorld([pool('a'), pool('b')], { resources, breakers: [breaker('a', NOW + 1)] });
    expect(perPool(due(world))).toEqual([0, 5]);
  });

  it('lets one call through once its time is over, and no second beside it', () => {
    const open = { resources, breakers: [breaker('a', NOW)] };
    expect(perPool(due(aWorld([pool('a'), pool('b')], open)))).toEqual([1, 5]);
    const busy = { ...open, operations: [underWay('a', 'o1')] };
    expect(perPool(due(aWorld([pool('a'), pool('b')], busy)))).toEqual([0, 5]);
    expect([roomOf(pool('a'), undefined, 3), roomOf(pool('a'), breaker('a', 0), 0)]).toEqual([
      5, 1,
    ]);
  });

  it('puts off when the pool is next due', () => {
    const world = aWorld([pool('a'), pool('b')], {
      resources: [dirty('a', 'a1'), dirty('b', 'b1', { dueAt: NOW + 90 })],
      breakers: [breaker('a', NOW + 60)],
    });
    expect(run(loadNextDue(OPERATION_KINDS), world)).toBe(NOW + 60);
    expect(run(loadNextDue(['provision']), world)).toBeNull();
    expect(run(loadNextDue(OPERATION_KINDS), aWorld([]))).toBeNull();
    expect(earliestDue([{ poolId: 'a', at: 5 }], { a: breaker('a', 3) })).toBe(5);
  });
});

it('a call on access comes with the loan that it is for, another with no loan', () => {
  const [reservation, allocation] = [aReservation('v1'), anAllocation('a1', 'v1', { id: 'a1.1' })];
  const world = (nextOperation: OperationKind) =>
    aWorld([pool('a')], {
      resources: [dirty('a', 'a1', { status: 'allocated', generation: 1, nextOperation })],
      reservations: [reservation],
      allocations: [allocation],
    });
  const [opening] = run(
    loadWork({ kinds: ['openAccess'], limit: 1 }, NOW),
    world('openAccess'),
  ).due;
  expect([opening!.allocation, opening!.reservation]).toEqual([allocation, reservation]);
  const [check] = run(loadWork({ kinds: ['verify'], limit: 1 }, NOW), world('verify')).due;
  expect([check!.allocation, check!.reservation]).toEqual([null, null]);
});
