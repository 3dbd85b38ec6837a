import type { Pause } from '../../src/domain/lifecycle/operation-result';
import { LONGEST_PAUSE, MOST_PAUSING } from '../../src/domain/lifecycle/pause';
import {
  credential,
  done,
  failed,
  find,
  HOUR,
  NOW,
  poolOf,
  report,
  SECOND,
  standingAt,
} from './support/lifecycle';

/** A step that cannot end yet, told on plain rows: nothing fails, and nothing is lent. */

const REASON = 'A token of the last holder may live until 14:05 UTC.';
const pause = (fields: Partial<Pause> = {}): Pause => ({
  scope: 'pause',
  reason: REASON,
  until: NOW + 600 * SECOND,
  ...fields,
});
const begun = { createdAt: NOW - HOUR };
const retiring = (fields: Parameters<typeof standingAt>[1] = {}) =>
  standingAt('retireCredential', {
    credentials: [credential('op', 'current'), credential('old', 'retiring')],
    ...fields,
    operation: { ...begun, ...fields.operation },
  });

describe('a step that pauses', () => {
  it('is due again when it asked for, shows why, and counts as no failure', () => {
    const after = report(retiring({ resource: { failures: 2 } }), [
      failed('retireCredential', pause({ sealedMemo: 'sealed memo' })),
    ]);
    expect(after.resource).toMatchObject({
      status: 'cleaning',
      failures: 2,
      reason: REASON,
      dueAt: NOW + 600 * SECOND,
      operationId: 'op',
    });
    expect(after.operation).toMatchObject({
      kind: 'retireCredential',
      claimedBy: null,
      claimedUntil: 0,
      outcome: null,
      sealedMemo: 'sealed memo',
    });
    expect(after.next).toBeNull();
    expect([after.moves, after.events]).toEqual([[], []]);
  });

  it('keeps its memo if it brings no new one, and if it fails', () => {
    const operation = { sealedMemo: 'kept' };
    for (const fault of [pause(), { scope: 'resource', reason: 'It broke.' } as const]) {
      const after = report(retiring({ operation }), [failed('retireCredential', fault)]);
      expect(after.operation.sealedMemo).toBe('kept');
    }
  });

  it('stays at its step: a proof that waits is not issued anew', () => {
    const credentials = [credential('op', 'next'), credential('old', 'current')];
    const given = standingAt('proveCredential', { credentials, operation: begun });
    const after = report(given, [failed('proveCredential', pause())]);
    expect(after.operation).toMatchObject({ kind: 'issueCredential', step: 'prove' });
  });

  it('forgets its memo when it ends', () => {
    const after = report(retiring({ operation: { sealedMemo: 'kept' } }), [
      done('retireCredential'),
    ]);
    expect(after.operation).toMatchObject({ outcome: 'done', sealedMemo: null });
    const issuing = standingAt('issueCredential', { operation: { sealedMemo: 'kept' } });
    expect(report(issuing, [done('issueCredential')]).operation.sealedMemo).toBeNull();
  });

  it('may follow steps that are reported with it', () => {
    const after = report(standingAt('clean', { operation: begun }), [
      done('clean'),
      failed('issueCredential', pause({ sealedMemo: 'of the key' })),
    ]);
    expect(after.resource).toMatchObject({ cleanedAt: NOW, nextOperation: 'issueCredential' });
    expect(after.operation).toMatchObject({ kind: 'issueCredential', sealedMemo: 'of the key' });
  });

  it('leaves a quarantined resource where it is', () => {
    const { resource, moves } = report(retiring({ resource: { status: 'quarantined' } }), [
      failed('retireCredential', pause()),
    ]);
    expect([resource.status, moves]).toEqual(['quarantined', []]);
  });

  it('is asked again within an hour, and not before now, whatever it asks for', () => {
    const dueAt = (until: number) =>
      report(retiring(), [failed('retireCredential', pause({ until }))]).resource.dueAt;
    expect([dueAt(NOW + 100 * HOUR), dueAt(1)]).toEqual([NOW + LONGEST_PAUSE, NOW]);
  });

  it('closes the breaker: the back end has answered', () => {
    const breaker = { poolId: 'p1', failures: 2, openUntil: NOW - 1, reason: 'away', since: 1 };
    const { changes } = report(retiring({ breaker }), [failed('retireCredential', pause())]);
    expect(changes).toContainEqual({
      do: 'setBreaker',
      breaker: { ...breaker, failures: 0, openUntil: 0 },
    });
  });
});

describe('a step that would pause for ever', () => {
  const pool = poolOf({ cleaning: { retries: 0 } });

  it('has failed after four days, and its resource is quarantined with the reason', () => {
    const operation = { createdAt: NOW - MOST_PAUSING };
    const { resource, events } = report(retiring({ pool, operation }), [
      failed('retireCredential', pause()),
    ]);
    expect(resource).toMatchObject({ status: 'quarantined', failures: 1 });
    expect(resource.reason).toBe(`No end after four days: ${REASON}`);
    expect(events[0]).toMatchObject({ type: 'resource.failed', data: { scope: 'resource' } });
  });
});

test('an abandoned operation keeps no memo', () => {
  const { changes } = report(
    standingAt('verify', { resource: { status: 'available' }, operation: { sealedMemo: 'kept' } }),
    [failed('verify')],
  );
  expect(find(changes, 'setOperation', 'op')!.set).toMatchObject({ sealedMemo: null });
});
