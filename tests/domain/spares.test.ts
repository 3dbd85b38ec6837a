import { balanceSpares, roomByType, type TypeCount } from '../../src/domain/pools/spares';
import { accessRevoked } from '../../src/domain/loans/ending';
import { aPool, aResource, anAllocation } from '../store/rows';
import { context, done, NOW, poolOf, report, standingAt } from './support/lifecycle';

const types = [
  { name: 'a', share: 1, spec: {} },
  { name: 'b', share: 1, spec: {} },
];

describe('room', () => {
  const pool = aPool({ size: 8, spares: 2, types });
  const count = (type: string, status: TypeCount['status'], more: Partial<TypeCount> = {}) => ({
    ...{ type, status, adminState: 'in_service' as const, held: false, count: 2 },
    ...more,
  });
  const roomIn = (...counts: TypeCount[]) => Object.fromEntries(roomByType(pool, counts));

  test('is what is neither lent nor to be had; who leaves after the loan does not count', () => {
    expect(roomIn()).toEqual({ a: 4, b: 4 });
    const full = [count('a', 'allocated'), count('a', 'available'), count('a', 'spare')];
    expect(roomIn(...full)).toEqual({ a: 0, b: 4 });
    const leaving = count('a', 'allocated', { adminState: 'draining' });
    const away = count('a', 'available', { adminState: 'maintenance' });
    expect(roomIn(leaving, away, count('a', 'spare'))).toEqual({ a: 4, b: 4 });
    expect(roomIn(count('a', 'available', { count: 6 }))).toEqual({ a: -2, b: 4 });
  });

  test('of the other types is less by what is taken beyond a share, last types first', () => {
    const over = count('a', 'allocated', { count: 5 });
    expect(roomIn(over)).toEqual({ a: -1, b: 3 });
    expect(roomIn(count('a', 'available', { count: 5, held: true }))).toEqual({ a: -1, b: 3 });
    expect(roomIn(over, count('b', 'available', { count: 4 }))).toEqual({ a: -1, b: -1 });
    expect(roomIn(over, count('b', 'allocated', { count: 4 }))).toEqual({ a: -1, b: 0 });
    expect(roomIn(count('gone', 'allocated'))).toEqual({ a: 4, b: 2, gone: -2 });
    expect(roomIn(count('gone', 'allocated'), count('b', 'allocated', { count: 3 }))).toEqual({
      ...{ a: 3, b: 0, gone: -2 },
    });
  });
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
