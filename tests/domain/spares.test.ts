import { balanceSpares, roomIn } from '../../src/domain/pools/spares';
import { accessRevoked } from '../../src/domain/loans/ending';
import { aPool, aResource, anAllocation } from '../store/rows';
import { context, done, NOW, poolOf, report, standingAt } from './support/lifecycle';

const types = [
  { name: 'a', share: 1, spec: {} },
  { name: 'b', share: 1, spec: {} },
];

test('room is what is neither lent nor to be had; who leaves after the loan does not count', () => {
  const pool = aPool({ size: 8, spares: 2, types });
  const count = (
    status: 'allocated' | 'available' | 'spare',
    adminState = 'in_service' as const,
  ) => ({
    status,
    adminState,
    count: 2,
  });
  expect(roomIn(pool, 'a', [])).toBe(4);
  expect(roomIn(pool, 'a', [count('allocated'), count('available'), count('spare')])).toBe(0);
  const leaving = { ...count('allocated'), adminState: 'draining' as const };
  const away = { ...count('available'), adminState: 'maintenance' as const };
  expect(roomIn(pool, 'a', [leaving, away, count('spare')])).toBe(4);
  expect(roomIn(pool, 'c', [count('allocated')])).toBe(-2);
});

test('a resource that gets ready without room becomes a spare, as well maintained as any', () => {
  const back = (room: number | null) =>
    report(standingAt('verify', { room, pool: poolOf({ spares: 1 }) }), [done('verify')]);
  expect(back(0).resource).toMatchObject({ status: 'spare', rank: NOW, failures: 0 });
  expect(back(0).resource.nextOperation).toBe(back(1).resource.nextOperation);
  expect(back(0).moves).toEqual(['cleaning → spare']);
  expect([back(1).resource.status, back(null).resource.status]).toEqual(['available', 'available']);
});

test('a spare that was verified stays one, and one that fails is cleaned', () => {
  const idle = { resource: { status: 'spare' as const }, room: 0 };
  expect(report(standingAt('verify', idle), [done('verify')]).resource.status).toBe('spare');
  const failed = { step: 'verify', ok: false, scope: 'resource', reason: 'It broke.' } as const;
  expect(report(standingAt('verify', idle), [failed]).resource.status).toBe('dirty');
});

test('the access of the last holder of a spare is revoked', () => {
  const allocation = anAllocation('r1', 'v1', { access: 'opening', endedAt: NOW });
  const resource = aResource('r1', { status: 'spare', generation: 2 });
  expect(accessRevoked({ allocation, resource })).toBe(true);
});

describe('balancing', () => {
  const spare = aResource('r1', { status: 'spare', rank: 5 });
  const candidate = {
    resourceId: 'r2',
    classId: 1,
    poolId: 'p1',
    generation: 3,
    rank: 1,
    operationId: null,
    heldFor: null,
    heldItem: null,
  };
  const balance = (pool = aPool({ spares: 1 })) =>
    balanceSpares(
      {
        pool,
        classes: [
          { room: 1, spares: [spare], available: [] },
          { room: -1, spares: [], available: [candidate] },
        ],
      },
      context(),
    ).changes.flatMap((change) =>
      change.do === 'setResource' ? [[change.id, change.set.status]] : [],
    );

  test('offers a spare where there is room, and keeps back where there is too much', () => {
    expect(balance()).toEqual([
      ['r1', 'available'],
      ['r2', 'spare'],
    ]);
  });

  test('a pool without spares only offers; a deleted pool does neither', () => {
    expect(balance(aPool({ spares: 0 }))).toEqual([['r1', 'available']]);
    expect(balance(aPool({ spares: 1, deletingAt: 1 }))).toEqual([]);
  });
});
