import { claim, claimLength, hasTimeToGoOn } from '../../src/domain/lifecycle/claims';
import { anOperation, aResource } from '../store/rows';
import { context, NOW, poolOf } from './support/lifecycle';

/** What is claimed, told on plain rows. */

const CLAIMED_UNTIL = NOW + claimLength(poolOf());

describe('a claim', () => {
  const due = (fields: Parameters<typeof aResource>[1] = {}) => ({
    resource: aResource('r1', { status: 'dirty', nextOperation: 'clean', dueAt: 1, ...fields }),
    operation: null,
    credentials: [],
    allocation: null,
    reservation: null,
    pool: poolOf(),
  });

  it('writes the operation before its call, and takes the resource out of service', () => {
    const { changes, value } = claim({ due: [due()], breakers: {} }, 'worker', context());
    expect(changes.map((change) => change.do).sort()).toEqual([
      'append',
      'createOperation',
      'setResource',
    ]);
    expect(value[0]!.operation).toMatchObject({ id: 'new-1', kind: 'clean', attempt: 1 });
    expect(value[0]!.resource).toMatchObject({
      status: 'cleaning',
      operationId: 'new-1',
      dueAt: CLAIMED_UNTIL,
    });
  });

  it('for the verification of an idle one leaves it available; for its rotation it does not', () => {
    const idle = (nextOperation: 'verify' | 'issueCredential' | 'destroy') =>
      claim(
        { due: [due({ status: 'available', nextOperation })], breakers: {} },
        'worker',
        context(),
      ).value[0]!.resource.status;
    expect([idle('verify'), idle('issueCredential'), idle('destroy')]).toEqual([
      'available',
      'cleaning',
      'destroying',
    ]);
  });

  it('lasts for three calls, each up to its deadline, and the time to stop the last', () => {
    expect(claimLength(poolOf({ cleaning: { deadline: 60_000 } }))).toBe(185_000);
  });

  it('waits for signs of life only where a resource would go for being idle', () => {
    const made = (fields: Parameters<typeof due>[0]) =>
      claim({ due: [due({ status: 'available', ...fields })], breakers: {} }, 'worker', {
        ...context(),
        heard: NOW - 5,
      }).value.length;
    expect([
      made({ nextOperation: 'destroy', expiresAt: NOW - 4 }),
      made({ nextOperation: 'destroy', expiresAt: NOW - 5 }),
      made({ nextOperation: 'destroy', expiresAt: null }),
      made({ nextOperation: 'destroy', expiresAt: NOW - 4, adminState: 'draining' }),
      made({ nextOperation: 'verify', expiresAt: NOW - 4 }),
    ]).toEqual([0, 1, 1, 1, 1]);
  });

  it('is made again when the breaker of the pool closes', () => {
    const breaker = { poolId: 'p1', failures: 1, openUntil: NOW, reason: '', since: 1 };
    expect(claim({ due: [due()], breakers: { p1: breaker } }, 'w', context()).value).toHaveLength(
      1,
    );
  });

  it('is not made while the breaker of the pool is open', () => {
    const breaker = { poolId: 'p1', failures: 1, openUntil: NOW + 1, reason: '', since: 1 };
    const claimed = claim({ due: [due()], breakers: { p1: breaker } }, 'worker', context());
    expect(claimed).toEqual({ changes: [], value: [] });
  });
});

it('a call that had to wait begins only if two calls of full length fit into its claim', () => {
  const pool = poolOf();
  const { deadline } = pool.policy.cleaning;
  const task = {
    ...{ resource: aResource('r1'), credentials: [], allocation: null, reservation: null, pool },
    operation: anOperation('o1', 'r1', { claimedUntil: CLAIMED_UNTIL }),
  };
  expect(hasTimeToGoOn(task, CLAIMED_UNTIL - 2 * deadline - 1)).toBe(true);
  expect(hasTimeToGoOn(task, CLAIMED_UNTIL - 2 * deadline)).toBe(false);
});
