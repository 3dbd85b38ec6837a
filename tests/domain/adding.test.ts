import type { Change } from '../../src/domain/change';
import { addResource } from '../../src/domain/pools/adding';
import { addExisting, type ImportSnapshot } from '../../src/domain/pools/existing';
import type { Pool } from '../../src/domain/pools/pool';
import { aPool, aResource } from './support/objects';
import { codeOf } from './support/thrown';
import { aContext } from './support/world';

/** Resources that come in one by one: added to a manual pool, or imported. */

const classes = [{ id: 1, poolId: 'p1', type: 'free' }];
const manual = (fields: Partial<Pool> = {}) => aPool({ sizing: 'manual', ...fields });
const has = (changes: Change[], name: Change['do']) => changes.find((change) => change.do === name);

describe('a resource is added', () => {
  const add = (pool: Pool, type?: string) =>
    addResource({ pool, classes, next: 7 }, type, aContext());

  it('to a manual pool, under the next number', () => {
    const { changes, value } = add(manual());
    expect(changes[0]).toMatchObject({ do: 'createResource', resource: { id: value, number: 7 } });
  });

  it.each([
    ['a pool that is being deleted', manual({ deletingAt: 1 }), undefined, 'not_found'],
    ['a managed pool', aPool({ sizing: 'managed' }), undefined, 'unsupported'],
    ['a type that the pool does not have', manual(), 'big', 'invalid'],
  ])('to no pool: %s', (_what, pool, type, code) => {
    expect(codeOf(() => add(pool, type))).toBe(code);
  });
});

describe('a resource is imported', () => {
  const pool = aPool({ sizing: 'managed', size: 2, kind: 'account', simulate: true });
  const thing = {
    pool: 'pool',
    kind: 'account' as const,
    type: undefined,
    name: 'mine' as string | null,
    details: { username: 'root' },
  };
  const snapshot: ImportSnapshot = {
    pool,
    classes,
    next: 3,
    sameNamed: null,
    knownDetails: {},
    numberIsTaken: false,
  };
  const credential = { id: 'c1', sealed: 'sealed' };
  const bring = (facts: Partial<ImportSnapshot> = {}, more: object = {}) =>
    addExisting(
      { ...snapshot, ...facts },
      { thing: { ...thing, ...more }, name: 'mine', credential, at: 'it' },
      aContext(),
    );

  it('with its details and its credential, and its pool grows by one', () => {
    const { changes, value } = bring();
    expect(value).toBe('imported');
    expect(has(changes, 'putCredential')).toMatchObject({ credential: { state: 'current' } });
    expect(has(changes, 'setDetails')).toMatchObject({ details: { username: 'root' } });
    expect(has(changes, 'setPool')).toMatchObject({ set: { size: 3 } });
  });

  const named = (fields: Parameters<typeof aResource>[1]) => aResource('r1', fields);
  it.each([
    ['the pool is being deleted', { pool: { ...pool, deletingAt: 1 } }, 'no_pool'],
    ['the pool lacks the type', { classes: [] }, 'no_type'],
    ['it is there', { sameNamed: named({}), knownDetails: { username: 'root' } }, 'present'],
    ['its driver made the one of that name', { sameNamed: named({}) }, 'taken'],
    ['the one of that name goes', { sameNamed: named({ status: 'destroying' }) }, 'leaving'],
    ['another pool has the name', { sameNamed: named({ poolId: 'p2' }) }, 'taken'],
  ])('not if %s', (_why, facts, value) => {
    expect(bring(facts as Partial<ImportSnapshot>)).toEqual({ changes: [], value });
  });

  it('not into a pool of another kind, nor under a number that is taken', () => {
    expect(codeOf(() => bring({}, { kind: 'token' }))).toBe('invalid');
    expect(codeOf(() => bring({ numberIsTaken: true }, { name: null, number: 2 }))).toBe(
      'conflict',
    );
  });
});
