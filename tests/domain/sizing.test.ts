import type { Change } from '../../src/domain/change';
import { loadPool, loadSizing } from '../../src/domain/pools/loading';
import type { Pool } from '../../src/domain/pools/pool';
import { changePool, createPool, removeDeleted } from '../../src/domain/pools/pool-changes';
import {
  stepTowardsSize,
  withOneMoreOrLess,
  SIZING_BATCH,
  staysIn,
} from '../../src/domain/pools/sizing';
import { anOperation, aPool, aResource } from './support/objects';
import { aContext, aWorld, run, type World } from './support/world';

/** How a pool comes to its size: who goes first, and what new resources are called. */

const types = (...names: string[]) => names.map((name) => ({ name, share: 1, spec: {} }));
const step = (world: World) => stepTowardsSize(run(loadSizing('p1'), world)!, aContext());
const made = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'createResource' ? change.resource : []));
const drained = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'setResource' ? change.id : []));
const sized = (size: number, fields: Partial<Pool> = {}) => aPool({ size, ...fields });

describe('a pool that lacks resources', () => {
  it('makes them in turn of type, numbered above all in use', () => {
    const world = aWorld([sized(4, { types: types('free', 'lite') })], {
      resources: [aResource('r7')],
    });
    const resources = made(step(world).changes);
    expect(resources.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'pool-8 lite',
      'pool-9 free',
      'pool-10 lite',
    ]);
  });

  it('leaves out names that a resource of another pool bears', () => {
    const other = aResource('x1', { poolId: 'p2', classId: 2, name: 'pool-2' });
    const world = aWorld([sized(3)], { resources: [other] });
    expect(made(step(world).changes).map(({ name }) => name)).toEqual([
      'pool-1',
      'pool-3',
      'pool-4',
    ]);
  });

  it('makes a bounded number at once, and says that there is more', () => {
    const { changes, value } = step(aWorld([sized(SIZING_BATCH + 1)]));
    expect([made(changes).length, value]).toEqual([SIZING_BATCH, true]);
  });

  it('makes no more than it lacks, and then is done', () => {
    const { changes, value } = step(aWorld([sized(1)]));
    expect([made(changes).length, value]).toEqual([1, false]);
    expect(step(aWorld([sized(1)], { resources: [aResource('r1')] }))).toEqual({
      changes: [],
      value: false,
    });
  });

  it('in a manual pool makes and removes none, until that is deleted', () => {
    const manual = (fields: Partial<Pool> = {}) =>
      step(aWorld([sized(3, { sizing: 'manual', ...fields })], { resources: [aResource('r1')] }))
        .changes;
    expect(manual()).toEqual([]);
    expect(drained(manual({ deletingAt: 1 }))).toEqual(['r1']);
  });

  it('makes none where its driver cannot', () => {
    const capabilities = { ...aPool().capabilities, provisions: false };
    expect(step(aWorld([sized(3, { capabilities })])).changes).toEqual([]);
  });
});

describe('a pool that has too many of one type', () => {
  const mixed = (count: number) =>
    aWorld([sized(2, { types: types('free', 'lite') })], {
      resources: Array.from({ length: count + 1 }, (_, index) =>
        aResource(`r${index + 1}`, index === 0 ? { classId: 2, type: 'lite' } : {}),
      ),
    });

  it('removes of that type, and makes none of another', () => {
    const { changes, value } = step(mixed(3));
    expect([drained(changes), made(changes), value]).toEqual([['r4', 'r3'], [], false]);
  });

  it('removes a bounded number at once, and says that there is more', () => {
    const { changes, value } = step(mixed(SIZING_BATCH + 2));
    expect([drained(changes).length, value]).toEqual([SIZING_BATCH, true]);
  });
});

describe('a pool that has too many', () => {
  const resources = [
    aResource('r1'),
    aResource('r2'),
    aResource('r3', { status: 'allocated' }),
    aResource('r4', { adminState: 'draining', status: 'allocated' }),
  ];

  it('lets the idle go before the lent, and the highest number first', () => {
    const order = (size: number) => drained(step(aWorld([sized(size)], { resources })).changes);
    expect([order(3), order(2), order(1), order(0)]).toEqual([
      [],
      ['r2'],
      ['r2', 'r1'],
      ['r2', 'r1', 'r3'],
    ]);
  });

  it('cuts nobody off: what is lent goes when its loan ends', () => {
    const { changes } = step(aWorld([sized(0)], { resources }));
    expect(changes).toContainEqual({
      do: 'setResource',
      id: 'r3',
      set: { adminState: 'draining' },
    });
  });

  it('counts what drains or is being destroyed as gone already', () => {
    expect(staysIn({ status: 'allocated', adminState: 'draining' })).toBe(false);
    expect(staysIn({ status: 'destroying', adminState: 'in_service' })).toBe(false);
    expect(staysIn({ status: 'quarantined', adminState: 'maintenance' })).toBe(true);
  });

  it('lets all go once it is being deleted, and is then removed with its queues', () => {
    const pool = sized(9, { deletingAt: 1 });
    expect(drained(step(aWorld([pool], { resources })).changes)).toEqual(['r2', 'r1', 'r3']);
    const removal = removeDeleted({ pool, empty: true, lateUntil: null }, null);
    const done = removal.changes.map((change) => change.do);
    expect(done).toEqual(['clearQueues', 'deletePool', 'append']);
  });

  it.each([
    ['not deleted', { pool: sized(9) }, 5, false],
    ['not empty', { empty: false }, 5, false],
    ['calls may be under way, and nothing was swept', { lateUntil: 4 }, null, false],
    ['a sweep began before the last call was over', { lateUntil: 5 }, 5, false],
    ['a sweep began after it', { lateUntil: 4 }, 5, true],
  ])('is removed once nothing can be left of it: %s', (_what, facts, sweptAt, isRemoved) => {
    const over = { pool: sized(9, { deletingAt: 1 }), empty: true, lateUntil: null, ...facts };
    expect(removeDeleted(over, sweptAt).changes.length > 0).toBe(isRemoved);
  });

  it('waits only for calls whose operations were superseded', () => {
    const pool = sized(9, { deletingAt: 1 });
    const lateIn = (outcome: 'superseded' | 'done') =>
      run(
        loadPool({ name: 'pool' }),
        aWorld([pool], { operations: [anOperation('o1', 'r1', { outcome, claimedUntil: 7 })] }),
      ).lateUntil;
    expect([lateIn('superseded'), lateIn('done')]).toEqual([7, null]);
  });
});

it('one more of a type leaves the numbers of the others alone', () => {
  const pool = sized(3, { types: types('free', 'lite') });
  const { size, types: next } = withOneMoreOrLess(pool, 'lite', 1);
  expect([size, next.map(({ name, minimum }) => [name, minimum])]).toEqual([
    4,
    [
      ['free', 2],
      ['lite', 2],
    ],
  ]);
});

it('a pool of no such id or name has no size and no classes', () => {
  expect(run(loadSizing('none'), aWorld([]))).toBeNull();
  expect(run(loadPool({ name: 'none' }), aWorld([]))).toMatchObject({ pool: null, next: 1 });
});

it('a pool by name comes with what is lent of each type, its next number and a name’s owner', () => {
  const resources = [
    aResource('r1', { status: 'allocated' }),
    aResource('r2', { status: 'allocated', adminState: 'draining' }),
    aResource('r3'),
  ];
  const world = aWorld([sized(3)], { resources });
  expect(run(loadPool({ name: 'pool', resources: ['pool-r3'] }), world)).toMatchObject({
    next: 4,
    empty: false,
    lent: new Map([['free', 1]]),
    sameNamed: [{ id: 'r3' }],
    hasSeats: false,
  });
});

it('a pool is made with a class for each of its types, and gets one for each new type', () => {
  const pool = sized(1, { types: types('free', 'lite') });
  expect(createPool(null, pool).changes).toContainEqual({
    do: 'addClasses',
    poolId: 'p1',
    types: ['free', 'lite'],
  });
  const classes = (set: object) =>
    changePool(pool, set, null, 'api').changes.filter((change) => change.do === 'addClasses');
  expect(classes({ types: types('big') })).toEqual([
    { do: 'addClasses', poolId: 'p1', types: ['big'] },
  ]);
  expect(classes({ size: 2 })).toEqual([]);
});
