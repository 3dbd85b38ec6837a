import { STALE_CREDENTIAL } from '../../src/domain/lifecycle/failure';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import { backoff } from '../../src/domain/lifecycle/backoff';
import {
  credential,
  done,
  failed,
  HOUR,
  NOW,
  poolOf,
  report,
  SECOND,
  standingAt,
} from './support/lifecycle';

/** How often a resource may fail, and how it comes back, told on plain rows. */

describe('after too many failures', () => {
  const pool = poolOf({ cleaning: { retries: 2, quarantineRetry: HOUR } });
  const failing = (failures: number, fields = {}, fault?: Parameters<typeof failed>[1]) =>
    report(standingAt('clean', { pool, resource: { failures, ...fields } }), [
      failed('clean', fault),
    ]);

  it('it is quarantined: not at the last retry, but after it; pauses double until then', () => {
    expect(failing(0).resource).toMatchObject({ status: 'dirty', dueAt: NOW + 10 * SECOND });
    expect(failing(1).resource).toMatchObject({ status: 'dirty', dueAt: NOW + 20 * SECOND });
    const { resource, moves } = failing(2);
    expect(resource).toMatchObject({ status: 'quarantined', failures: 3, dueAt: NOW + HOUR });
    expect(moves).toEqual(['cleaning → quarantined']);
  });

  it('it stays there while it fails, and is retried slowly', () => {
    const { resource, moves } = failing(3, { status: 'quarantined' });
    expect(resource).toMatchObject({ status: 'quarantined', failures: 4, dueAt: NOW + HOUR });
    expect(moves).toEqual([]);
  });

  it('it leaves as soon as a step succeeds, and may fail anew', () => {
    const quarantined = { status: 'quarantined', failures: 3 } as const;
    const ready = report(standingAt('verify', { pool, resource: quarantined }), [done('verify')]);
    expect(ready.moves).toEqual(['quarantined → cleaning', 'cleaning → available']);
    expect(ready.resource.failures).toBe(0);
    const made = report(standingAt('provision', { pool, resource: quarantined }), [
      done('provision'),
    ]);
    expect(made.resource).toMatchObject({ status: 'cleaning', failures: 0, reason: null });
    const gone = report(standingAt('destroy', { pool, resource: quarantined }), [done('destroy')]);
    expect(gone.moves).toEqual(['quarantined → destroyed']);
  });

  it('that is an event of its own, and so is its end; a failure in between is neither', () => {
    const told = ({ events }: ReturnType<typeof failing>) =>
      events.filter(({ type }) => type.startsWith('resource.quarantine'));
    const places = { poolId: pool.id, resourceId: 'r1' };
    const begun = { from: 'cleaning', reason: 'It broke.', failures: 3 };
    expect(told(failing(2))).toEqual([{ type: 'resource.quarantined', ...places, data: begun }]);
    const quarantined = { status: 'quarantined', failures: 3 } as const;
    expect(told(failing(3, quarantined))).toEqual([]);
    const ready = report(standingAt('verify', { pool, resource: quarantined }), [done('verify')]);
    expect(told(ready)).toEqual([
      { type: 'resource.quarantine_ended', ...places, data: { to: 'cleaning' } },
    ]);
  });

  it.each([
    ['clean', {}],
    ['closeAccess', {}],
    ['proveCredential', { credentials: [credential('op', 'next'), credential('old', 'current')] }],
    ['retireCredential', { credentials: [credential('op', 'current')] }],
  ] as const)('it leaves when %s succeeds', (step, { ...fields }) => {
    const quarantined = { status: 'quarantined', failures: 3 } as const;
    const given = { pool, resource: quarantined, ...fields } as Parameters<typeof standingAt>[1];
    expect(report(standingAt(step, given), [done(step)] as OperationResult).moves[0]).toBe(
      'quarantined → cleaning',
    );
  });

  it('pauses vary by a fifth, and grow no further than the policy says', () => {
    const { cleaning } = poolOf({ cleaning: { backoff: 1_000, backoffMaximum: 5_000 } }).policy;
    const pauses = [0, 1, 2, 3, 4, 9].map((failures) => backoff(cleaning, failures, 0.5));
    expect(pauses).toEqual([1_000, 1_000, 2_000, 4_000, 5_000, 5_000]);
    expect([backoff(cleaning, 1, 0), backoff(cleaning, 9, 1)]).toEqual([800, 6_000]);
  });

  it('it does not leave for a credential that is yet to be proven', () => {
    const quarantined = { status: 'quarantined', failures: 3 } as const;
    const after = report(standingAt('issueCredential', { pool, resource: quarantined }), [
      done('issueCredential'),
      failed('proveCredential'),
    ]);
    expect(after.resource).toMatchObject({ status: 'quarantined', dueAt: NOW + HOUR });
    expect(after.moves).toEqual([]);
  });

  it('or at once, where trying again soon is hopeless; then, too, it is retried slowly', () => {
    const hopeless = { scope: 'resource', reason: STALE_CREDENTIAL, hopeless: true } as const;
    const first = failing(0, {}, hopeless);
    expect(first.resource).toMatchObject({
      status: 'quarantined',
      reason: STALE_CREDENTIAL,
      failures: 1,
      dueAt: NOW + HOUR,
      operationId: 'op',
    });
    const again = failing(1, { status: 'quarantined' });
    expect(again.resource).toMatchObject({ status: 'quarantined', dueAt: NOW + HOUR });
  });

  it('a provisioning or a removal is quarantined as well', () => {
    for (const [step, status] of [
      ['provision', 'provisioning'],
      ['destroy', 'destroying'],
    ] as const) {
      const after = report(standingAt(step, { pool, resource: { status, failures: 2 } }), [
        failed(step),
      ] as unknown as OperationResult);
      expect(after.moves).toEqual([`${status} → quarantined`]);
    }
  });
});
