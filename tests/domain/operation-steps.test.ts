import { OPERATION_KINDS, type OperationKind } from '../../src/domain/lifecycle/operation';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import {
  continuesOperation,
  firstStep,
  mayMakeReady,
  nextStep,
  rowAt,
  stepOf,
  type Step,
} from '../../src/domain/lifecycle/operation-steps';
import { AWAY, credential, done, failed, poolOf } from './support/lifecycle';

const current = credential('old', 'current');
const STEPS: Step[] = [...OPERATION_KINDS, 'proveCredential'];

/** All steps from `first` on, where every one succeeds. */
function path(first: Step, pool = poolOf(), credentials = [current]): Step[] {
  const steps: Step[] = [];
  let has = credentials;
  for (let step: Step | null = first; step; step = nextStep(step, pool, has)) {
    steps.push(step);
    if (step === 'proveCredential')
      has = [...has.map(({ id }) => credential(id, 'retiring')), credential('op', 'current')];
  }
  return steps;
}

test('a row says at which step it stands', () => {
  for (const step of STEPS) expect(stepOf(rowAt(step))).toBe(step);
});

test.each([
  ['an account', poolOf(), 'clean issueCredential proveCredential retireCredential'],
  ['one that does not rotate', poolOf({ can: { rotates: false } }), 'clean verify'],
  ['one that rotates by time only', poolOf({ rotatesAfterLease: false }), 'clean verify'],
  [
    'a box with access of its own',
    poolOf({ can: { opensAccess: true, rotates: false, staticCredential: false } }),
    'closeAccess clean verify',
  ],
  [
    'a box with access of its own that is replaced',
    poolOf({ can: { opensAccess: true, rotates: false, staticCredential: false, replaces: true } }),
    'clean',
  ],
])('the way back of %s', (_what, pool, steps) => {
  expect(path(firstStep(pool)!, pool).join(' ')).toBe(steps);
});

test('a holder leaves nothing behind in a pool that says so, but knows its credential', () => {
  const leavesNothing = poolOf({ can: { leavesNothing: true } });
  expect(firstStep(leavesNothing)).toBe('issueCredential');
  expect(firstStep(poolOf({ can: { leavesNothing: true, rotates: false } }))).toBeNull();
  const opens = { leavesNothing: true, opensAccess: true };
  expect(firstStep(poolOf({ can: opens }))).toBe('closeAccess');
  expect(firstStep(poolOf({ can: { ...opens, replaces: true } }))).toBe('clean');
});

test('a new resource gets its first credential, or is cleaned with the one it came with', () => {
  expect(path('provision', poolOf(), [])).toEqual([
    'provision',
    'issueCredential',
    'proveCredential',
  ]);
  expect(path('provision')[1]).toBe('clean');
  expect(path('provision', poolOf({ can: { rotates: false } }), [])).toEqual([
    'provision',
    'verify',
  ]);
});

test('one with no current credential, or with one from an abandoned rotation, rotates in any case', () => {
  const rare = poolOf({ rotatesAfterLease: false });
  const abandoned = credential('abandoned', 'next');
  expect(nextStep('clean', rare, [])).toBe('issueCredential');
  expect(nextStep('clean', rare, [abandoned])).toBe('issueCredential');
  expect(nextStep('clean', rare, [current, abandoned])).toBe('issueCredential');
  expect(nextStep('clean', rare, [current])).toBe('verify');
});

test('a credential that is being retired is no current one', () => {
  const retiring = [credential('old', 'retiring')];
  expect(nextStep('provision', poolOf(), retiring)).toBe('issueCredential');
  expect(nextStep('provision', poolOf(), [...retiring, current])).toBe('clean');
});

test('a credential is made, proven and retired within one operation', () => {
  expect(STEPS.filter(continuesOperation).sort()).toEqual([
    'issueCredential',
    'proveCredential',
    'retireCredential',
  ]);
});

test('queues are loaded only where the resource may become ready', () => {
  const ready = (kind: OperationKind, has = [current]) => mayMakeReady({ id: 'op', kind }, has);
  expect(ready('retireCredential')).toBe(true);
  expect(OPERATION_KINDS.filter((kind) => ready(kind, [])).sort()).toEqual([
    'clean',
    'issueCredential',
    'retireCredential',
    'verify',
  ]);
  expect([ready('verify'), ready('provision'), ready('clean'), ready('issueCredential')]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect([ready('clean', []), ready('issueCredential', [credential('op', 'next')])]).toEqual([
    true,
    true,
  ]);
});

test('a result that cannot be is not one by its type', () => {
  const legal: OperationResult[] = [
    [failed('openAccess', AWAY)],
    [done('clean'), failed('issueCredential')],
    [done('clean'), done('issueCredential'), done('proveCredential')],
    [done('issueCredential'), failed('proveCredential')],
  ];
  const illegal: OperationResult[] = [
    // @ts-expect-error: nothing follows on a failure.
    [failed('clean'), done('issueCredential')],
    // @ts-expect-error: the new credential is committed before the old one is retired.
    [done('issueCredential'), done('proveCredential'), done('retireCredential')],
    // @ts-expect-error: what was not issued cannot be proven.
    [done('clean'), done('proveCredential')],
    // @ts-expect-error: at least one call was made.
    [],
    // @ts-expect-error: an issued credential is handed over.
    [{ step: 'issueCredential', ok: true, value: {} }],
    // @ts-expect-error: a back end that is away says nothing hopeless of a resource.
    [{ step: 'clean', ok: false, scope: 'backend', reason: '', hopeless: true }],
  ];
  expect([legal.length, illegal.length]).toEqual([4, 6]);
});

it('a driver that lends as is has things verified where another cleans them', () => {
  const can = { lendsAsIs: true, rotates: false, provisions: false };
  const [asIs, cleans] = [poolOf({ can }), poolOf({ can: { rotates: false } })];
  expect([firstStep(asIs), firstStep(cleans)]).toEqual(['verify', 'clean']);
  const current = [credential('c', 'current')];
  expect([nextStep('provision', asIs, current), nextStep('provision', cleans, current)]).toEqual([
    'verify',
    'clean',
  ]);
  expect(nextStep('verify', asIs, current)).toBeNull();
});
