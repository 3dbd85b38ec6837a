import { recover, voidClaims } from '../../src/domain/lifecycle/recovery';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { context, find, NOW, poolOf } from './support/lifecycle';
import { anOperation, aResource } from './support/objects';

/** Before the first process lends anything, told on plain rows. */

const started = (
  onStart: 'clean' | 'verify' | 'nothing',
  fields: Partial<Resource> = {},
  can: Parameters<typeof poolOf>[0] = {},
) => {
  const pool = poolOf({ ...can, cleaning: { onStart } });
  const resources = [aResource('r1', fields), aResource('r2')];
  const { changes, value } = recover({ resources, pools: { p1: pool } }, context());
  return { changes, value, first: find(changes, 'setResource', 'r1')?.set };
};

describe('a start', () => {
  it.each([
    ['clean', 'clean'],
    ['verify', 'verify'],
  ] as const)('of a pool that says %s makes idle resources dirty, due at once', (says, next) => {
    const { changes, value, first } = started(says);
    expect(value).toBe(2);
    expect(first).toMatchObject({
      status: 'dirty',
      nextOperation: next,
      dueAt: NOW,
      operationId: null,
      reason: 'Holdfast was started.',
    });
    expect(find(changes, 'setResource', 'r2')!.set).toEqual(first);
  });

  it('cleans also where the way back from a loan would begin by closing access', () => {
    const opens = { can: { opensAccess: true, rotates: false, staticCredential: false } };
    expect(started('clean', {}, opens).first!.nextOperation).toBe('clean');
  });

  it('of a pool that says nothing trusts them', () => {
    expect(started('nothing')).toMatchObject({ changes: [], value: 2 });
  });

  it.each(['clean', 'verify', 'nothing'] as const)(
    'cleans what was being verified, and forgets that verification, in a pool that says %s',
    (says) => {
      const { changes, first } = started(says, { operationId: 'op' });
      expect(first).toMatchObject({
        status: 'dirty',
        nextOperation: 'clean',
        operationId: null,
        reason: 'Its verification was cut off.',
      });
      expect(find(changes, 'setOperation', 'op')!.set).toEqual({
        outcome: 'superseded',
        sealedMemo: null,
        finishedAt: NOW,
      });
    },
  );

  it('takes nothing from a queued request without telling it', () => {
    const { changes, first } = started('verify', { heldFor: 'v1', heldItem: 2 });
    expect(first).toMatchObject({ heldFor: null, heldItem: null });
    expect(changes).toContainEqual({ do: 'releaseHold', reservationId: 'v1', item: 2 });
  });
});

it('the claims of dead workers are void, and their operations due at once, as they stand', () => {
  const left = ['1', '2'].map((n) => ({
    operation: anOperation(`op${n}`, `r${n}`, { claimedBy: 'dead', claimedUntil: NOW + 9 }),
    resource: aResource(`r${n}`, { status: 'cleaning', operationId: `op${n}`, dueAt: NOW + 9 }),
  }));
  expect(voidClaims(left, context())).toEqual({
    changes: ['1', '2'].flatMap((n) => [
      { do: 'setOperation', id: `op${n}`, set: { claimedBy: null, claimedUntil: 0 } },
      { do: 'setResource', id: `r${n}`, set: { dueAt: NOW } },
    ]),
    value: 2,
  });
});
