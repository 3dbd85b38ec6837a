import type { Change } from '../../src/domain/change';
import {
  changePool,
  createPool,
  deletePool,
  resizeUnlessLent,
} from '../../src/domain/pools/pool-changes';
import { defaultPolicy, type Pool, type PoolType } from '../../src/domain/pools/pool';
import { classOf, withNumbers } from '../../src/domain/pools/sizing';
import { aPool } from './support/objects';
import { aContext, NOW } from './support/world';

/** What may be said of a pool, and what that writes. */

const type = (name: string, share = 1): PoolType => ({ name, share, spec: {} });
const makesNone = { ...aPool().capabilities, provisions: false };
const fault = (decide: () => unknown) => {
  try {
    decide();
  } catch (error) {
    const { code, field } = error as { code: string; field?: string };
    return field === undefined ? code : `${code} ${field}`;
  }
  return 'none';
};
const set = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'setPool' ? [change.set] : []))[0];
const classes = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'addClasses' ? change.types : []));
const told = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'append' ? [change.event.data] : []));

test('a pool is made with a class for each type; its name must be free', () => {
  const pool = aPool({ types: [type('a'), type('b')] });
  const { changes, value } = createPool(null, pool);
  expect(value).toBe('p1');
  expect([changes[0], classes(changes), told(changes)]).toEqual([
    { do: 'createPool', pool },
    ['a', 'b'],
    [{ name: 'pool', size: 3 }],
  ]);
  expect(fault(() => createPool(aPool(), pool))).toBe('conflict name');
});

describe('a change of a pool', () => {
  const change = (
    fields: Parameters<typeof changePool>[1],
    pool: Partial<Pool> = {},
    by: Pool['origin'] = 'api',
    expected: readonly number[] | null = null,
  ) => changePool(aPool({ version: 4, ...pool }), fields, expected, by);

  test('raises the version, and an event names the fields with their old and new values', () => {
    const { changes, value } = change({ size: 5, labels: {} });
    expect(value).toBe('p1');
    expect(set(changes)).toEqual({ size: 5, labels: {}, version: 5 });
    const changed = { size: { from: 3, to: 5 }, labels: { from: { zone: 'eu' }, to: {} } };
    expect(told(changes)).toEqual([{ fields: 'size,labels', size: 5 }]);
    expect(changes.at(-1)).toMatchObject({ event: { changed } });
    expect(changes.some((each) => each.do === 'addClasses')).toBe(false);
    expect(classes(change({ types: [type('new')] }).changes)).toEqual(['new']);
  });

  test('keeps settings, also those of a type, out of its event', () => {
    const types = [{ ...type('new'), spec: { password: 'hush' } }];
    const { changes } = change({ settings: { password: 'hush' }, types });
    expect(JSON.stringify(told(changes))).toContain('settings,types');
    expect(JSON.stringify(changes.at(-1))).not.toContain('hush');
  });

  test.each<[string, () => unknown, string]>([
    ['an old version', () => change({}, {}, 'api', [3]), 'precondition_failed version'],
    ['this version', () => change({}, {}, 'api', [4]), 'none'],
    ['one of several versions', () => change({}, {}, 'api', [3, 4]), 'none'],
    ['no version at all', () => change({}, {}, 'api', []), 'precondition_failed version'],
    ['a pool that goes', () => change({}, { deletingAt: 1 }), 'conflict'],
    [
      'the size of a manual pool',
      () => change({ size: 3 }, { sizing: 'manual' }),
      'unsupported size',
    ],
    ['another field of it', () => change({ labels: {} }, { sizing: 'manual' }), 'none'],
    ['size and sizing', () => change({ size: 9, sizing: 'managed' }, { sizing: 'manual' }), 'none'],
    [
      'a pool that makes none, larger',
      () => change({ size: 4 }, { capabilities: makesNone }),
      'unsupported size',
    ],
    ['one as large', () => change({ size: 3 }, { capabilities: makesNone }), 'none'],
    ['one smaller', () => change({ size: 2 }, { capabilities: makesNone }), 'none'],
    ['another field of one', () => change({ labels: {} }, { capabilities: makesNone }), 'none'],
    [
      'one larger by the file',
      () => change({ size: 4 }, { capabilities: makesNone }, 'file'),
      'none',
    ],
    ['one that makes some, larger', () => change({ size: 4 }), 'none'],
    [
      'what it makes together',
      () => change({ size: 4, capabilities: makesNone }),
      'unsupported size',
    ],
  ])('of %s', (_what, decide, expected) => expect(fault(decide)).toBe(expected));
});

describe('a size that cuts nobody off', () => {
  const types = [type('a'), type('b')];
  const resize = (size: number, lent: Record<string, number>, fields: Partial<Pool> = {}) =>
    resizeUnlessLent(aPool({ size: 4, types, ...fields }), size, new Map(Object.entries(lent)));

  test('is no smaller than what is lent', () => {
    expect(fault(() => resize(2, { a: 1, b: 2 }))).toBe('in_use size');
    expect(resize(3, { a: 1, b: 2 }).value).toBe(true);
    expect(resize(0, {}).value).toBe(true);
  });

  test('that it has already changes nothing', () => {
    expect(resize(4, { a: 1 })).toEqual({ changes: [], value: false });
  });

  test('leaves the shares alone where they keep what is lent, and is told otherwise', () => {
    expect(set(resize(2, { a: 1, b: 1 }).changes)!.types).toEqual(types);
    expect(set(resize(2, { b: 2 }).changes)!.types).toEqual([
      type('a'),
      { ...type('b'), minimum: 2 },
    ]);
  });

  test('obeys the rules of any other change', () => {
    expect(fault(() => resize(5, {}, { capabilities: makesNone }))).toBe('unsupported size');
    expect(fault(() => resize(5, {}, { deletingAt: 1 }))).toBe('conflict');
  });
});

test('a pool is deleted once, in the version that was seen', () => {
  const { changes, value } = deletePool(aPool({ version: 4 }), [4], aContext());
  expect([value, set(changes), told(changes)]).toEqual([
    'p1',
    { deletingAt: NOW, version: 5 },
    [{ fields: 'deletingAt', size: 0 }],
  ]);
  expect(deletePool(aPool({ deletingAt: 1 }), null, aContext()).changes).toEqual([]);
  expect(fault(() => deletePool(aPool({ version: 4 }), [3], aContext()))).toBe(
    'precondition_failed version',
  );
});

test('a type has a class while the pool offers it; by default it is the first', () => {
  const pool = aPool({ types: [type('b'), type('a')] });
  const [a, b, old] = ['a', 'b', 'old'].map((name, id) => ({ id, poolId: 'p1', type: name }));
  const found = ['a', undefined, 'old', 'none'].map((name) => classOf(pool, [a!, b!, old!], name));
  expect(found).toEqual([a, b, undefined, undefined]);
});

test('types that change keep the numbers that they have', () => {
  const pool = aPool({ size: 4, types: [type('a', 3), type('b')] });
  expect(withNumbers(pool, [type('b'), type('c')]).map(({ minimum }) => minimum)).toEqual([1, 0]);
});

test.each([
  ['account', 'clean', true, 86_400_000, 3_600_000, 'lowest'],
  ['vm', 'verify', true, null, 3_600_000, 'lowest'],
  ['container', 'verify', true, null, 3_600_000, 'lowest'],
  ['token', 'nothing', false, null, null, 'random'],
] as const)('by default, a %s is started, rotated, verified and lent as said', (kind, ...said) => {
  const { cleaning, rotation, verification, pick, lease } = defaultPolicy(kind);
  const { afterLease, interval } = rotation;
  expect([cleaning.onStart, afterLease, interval, verification.interval, pick]).toEqual(said);
  expect([lease.openEnded, lease.prepare]).toEqual([false, 120_000]);
});
