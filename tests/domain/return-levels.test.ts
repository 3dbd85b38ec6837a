import type { Evidence } from '../../src/domain/returns/evidence';
import { neededLevel, reachOf } from '../../src/domain/returns/demand';
import { isBelow, LEVELS, levelOf, type Level } from '../../src/domain/returns/level';
import { poolOf } from './support/lifecycle';

/** Complete evidence of one return, in its order; times in ms. */
const refused = { endpoint: 'e', times: 3, since: 10, until: 20, accepted: 3 };
const derived = { how: 'expired', until: 30 } as const;
const searched = { passes: 2, since: 30, until: 40, found: 0, inventory: 'i' };
const replaced = { gone: 'old' };

describe('the level of a return', () => {
  it.each<[string, Evidence, Level]>([
    ['nothing', {}, 'R0'],
    ['a refusal', { refused }, 'R1'],
    ['a refusal that no control went with', { refused: { ...refused, accepted: 0 } }, 'R0'],
    ['no refusal at all', { refused: { ...refused, times: 0 } }, 'R0'],
    ['two refusals in a row', { refused: { ...refused, times: 2 } }, 'R0'],
    ['dead tokens alone', { derived, searched }, 'R0'],
    ['a search alone', { searched }, 'R0'],
    ['a refusal and dead tokens', { refused, derived }, 'R2'],
    [
      'a refusal, and nothing that could be derived',
      { refused, derived: { how: 'none', until: null } },
      'R2',
    ],
    [
      'tokens that may live on',
      { refused, derived: { how: 'acceptedUntilExpiry', until: 30 }, searched },
      'R1',
    ],
    ['a search besides', { refused, derived, searched }, 'R3'],
    ['one search', { refused, derived, searched: { ...searched, passes: 1 } }, 'R2'],
    [
      'a search before the tokens expired',
      { refused, derived, searched: { ...searched, since: 29 } },
      'R2',
    ],
    [
      'a search before the first refusal',
      { refused, derived: { how: 'ended', until: null }, searched: { ...searched, since: 9 } },
      'R2',
    ],
    [
      'a search before refused tokens would have expired',
      { refused, derived: { how: 'refused', until: 99 }, searched },
      'R3',
    ],
    ['a new thing', { replaced }, 'R4'],
  ])('with %s', (_name, evidence, level) => {
    expect(levelOf(evidence)).toBe(level);
  });

  it('rises from R0 to R4', () => {
    LEVELS.forEach((level, index) =>
      expect(LEVELS.filter((other) => isBelow(other, level))).toHaveLength(index),
    );
  });
});

describe('the level that a pool asks for', () => {
  const pool = (
    can: Parameters<typeof poolOf>[0] & object,
    policy: Partial<ReturnType<typeof poolOf>['policy']> = {},
  ) => {
    const made = poolOf(can);
    return { ...made, policy: { ...made.policy, ...policy } };
  };

  it.each<[string, ReturnType<typeof poolOf>, Level]>([
    ['is what the driver shows', pool({ can: { proves: 'R3' } }), 'R3'],
    ['is nothing where the driver says nothing', pool({ can: { proves: undefined } }), 'R0'],
    [
      'is nothing where the login is kept',
      pool({ can: { proves: 'R3' }, rotatesAfterLease: false }),
      'R0',
    ],
    [
      'is a new thing, whatever is kept',
      pool({ can: { proves: 'R4' }, rotatesAfterLease: false }),
      'R4',
    ],
    [
      'is a refusal where tokens may live on',
      pool({ can: { proves: 'R3' } }, { derived: 'acceptUntilExpiry' }),
      'R1',
    ],
    [
      'is nothing where nothing is done after a loan',
      pool({ can: { proves: 'R1', leavesNothing: true, rotates: false } }),
      'R0',
    ],
  ])('%s', (_name, made, level) => {
    expect(reachOf(made)).toBe(level);
    expect(neededLevel(made)).toBe(level);
  });

  it('is the one of its policy', () => {
    expect(neededLevel(pool({ can: { proves: 'R3' } }, { minProof: 'R1' }))).toBe('R1');
  });
});
