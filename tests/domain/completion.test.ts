import { begin, claimLength } from '../../src/domain/lifecycle/claims';
import { completeOperation } from '../../src/domain/lifecycle/completion';
import { Draft } from '../../src/domain/lifecycle/draft';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import type { Step } from '../../src/domain/lifecycle/operation-steps';
import { anAllocation } from '../store/rows';
import {
  AWAY,
  context,
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

/** What a report makes of an operation, told on plain rows: one outcome after the other. */

const NO_ROTATION = poolOf({ can: { rotates: false } });
const CLAIMED_UNTIL = NOW + claimLength(poolOf());

describe('a step that succeeds', () => {
  it('provision: the resource is there, and gets its first credential under the same id', () => {
    const after = report(
      standingAt('provision', {
        resource: { status: 'provisioning', handle: null },
        credentials: [],
      }),
      [done('provision', { handle: 'made', details: { host: 'there' } })],
    );
    expect(after.resource).toMatchObject({
      status: 'cleaning',
      handle: 'made',
      nextOperation: 'issueCredential',
      operationId: 'op',
      dueAt: CLAIMED_UNTIL,
    });
    expect(after.operation).toMatchObject({ kind: 'issueCredential', step: 'call', outcome: null });
    expect(after.moves).toEqual(['provisioning → dirty', 'dirty → cleaning']);
    expect(after.changes).toContainEqual({
      do: 'setDetails',
      resourceId: 'r1',
      kind: 'account',
      details: { host: 'there' },
    });
    expect(after.next!.operation).toEqual(after.operation);
    expect(after.next!.resource).toEqual(after.resource);
  });

  it('clean: goes on with a new credential, under the same operation', () => {
    const after = report(standingAt('clean'), [done('clean')]);
    expect(after.resource).toMatchObject({ cleanedAt: NOW, handle: 'cleaned', operationId: 'op' });
    expect(after.operation).toMatchObject({
      kind: 'issueCredential',
      step: 'call',
      attempt: 1,
      claimedUntil: CLAIMED_UNTIL,
      outcome: null,
    });
    expect(after.next!.operation).toEqual(after.operation);
  });

  it('clean, where nothing rotates: a verification begins, as a new operation', () => {
    const after = report(standingAt('clean', { pool: NO_ROTATION }), [done('clean')]);
    expect(after.operation).toMatchObject({ kind: 'clean', outcome: 'done', finishedAt: NOW });
    expect(after.begun).toMatchObject({
      id: 'new-1',
      kind: 'verify',
      attempt: 1,
      claimedBy: 'worker',
    });
    expect(after.resource).toMatchObject({ operationId: 'new-1', nextOperation: 'verify' });
    expect(after.next!.operation).toEqual(after.begun);
    const order = after.changes.map((change) => change.do);
    expect(order.indexOf('setOperation')).toBeLessThan(order.indexOf('createOperation'));
  });

  it('verify: the resource is ready', () => {
    const after = report(standingAt('verify', { resource: { failures: 2, unprovenSince: 3 } }), [
      done('verify', { details: { powerState: 'running' } }),
    ]);
    expect(after.next).toBeNull();
    expect(after.operation).toMatchObject({ outcome: 'done', finishedAt: NOW });
    expect(after.resource).toMatchObject({
      status: 'available',
      operationId: null,
      verifiedAt: NOW,
      failures: 0,
      reason: null,
      unprovenSince: null,
      nextOperation: 'verify',
      dueAt: NOW + HOUR,
    });
    expect(after.moves).toEqual(['cleaning → available']);
  });

  it('verify of an idle one: it keeps its place, and is verified again later', () => {
    const after = report(
      standingAt('verify', {
        resource: { status: 'available', rank: 7, failures: 1, reason: 'x' },
      }),
      [done('verify')],
    );
    expect(find(after.changes, 'setResource', 'r1')!.set).toEqual({
      operationId: null,
      verifiedAt: NOW,
      failures: 0,
      reason: null,
      dueAt: NOW + HOUR,
    });
    expect(after.events).toEqual([]);
  });

  it('issueCredential: it is kept, sealed, before anything relies on it; the old one stays', () => {
    const after = report(standingAt('issueCredential'), [done('issueCredential')]);
    expect(after.credentials).toEqual({ old: 'current', op: 'next' });
    expect(after.operation).toMatchObject({ kind: 'issueCredential', step: 'prove' });
    expect(after.resource.rotatedAt).toBeNull();
    expect(after.next!.credentials).toContainEqual({
      id: 'op',
      resourceId: 'r1',
      state: 'next',
      sealed: 'sealed new',
      createdAt: NOW,
    });
  });

  it('issueCredential: what an earlier attempt has left under the same id is replaced', () => {
    const credentials = [credential('old', 'current'), credential('op', 'next')];
    const after = report(standingAt('issueCredential', { credentials }), [done('issueCredential')]);
    expect(after.next!.credentials.map(({ id, sealed }) => [id, sealed])).toEqual([
      ['old', 'sealed old'],
      ['op', 'sealed new'],
    ]);
    expect(after.changes.filter(({ do: what }) => what === 'setCredential')).toEqual([]);
  });

  it('proveCredential: it takes over, and the same row goes on with the end of the old one', () => {
    const after = report(
      standingAt('proveCredential', {
        credentials: [credential('old', 'current'), credential('op', 'next')],
      }),
      [done('proveCredential')],
    );
    expect(after.credentials).toEqual({ old: 'retiring', op: 'current' });
    expect(after.resource).toMatchObject({ rotatedAt: NOW, nextOperation: 'retireCredential' });
    expect(after.operation).toMatchObject({
      kind: 'retireCredential',
      step: 'call',
      outcome: null,
    });
    expect(after.events.map(({ type }) => type)).toEqual(['resource.rotated']);
  });

  it('retireCredential: the old ones are forgotten, and the resource is ready', () => {
    const after = report(
      standingAt('retireCredential', {
        credentials: [
          credential('older', 'retiring'),
          credential('old', 'retiring'),
          credential('op', 'current'),
        ],
      }),
      [done('retireCredential')],
    );
    expect(after.credentials).toEqual({ op: 'current' });
    expect(after.resource).toMatchObject({ status: 'available', verifiedAt: NOW });
  });

  it('closeAccess: what was opened is forgotten, and the cleaning begins', () => {
    const allocation = anAllocation('r1', 'loan', { sealedAccess: 'sealed', access: 'open' });
    const after = report(standingAt('closeAccess', { allocation, credentials: [] }), [
      done('closeAccess'),
    ]);
    expect(find(after.changes, 'setAllocation', allocation.id)!.set).toEqual({
      sealedAccess: null,
    });
    expect(after.begun).toMatchObject({ kind: 'clean', allocationId: allocation.id });
  });

  it('clean, where the resource is replaced: what was opened is gone, and it is ready', () => {
    const allocation = anAllocation('r1', 'loan', { sealedAccess: 'sealed', access: 'open' });
    const pool = poolOf({ can: { opensAccess: true, rotates: false, replaces: true } });
    const after = report(standingAt('clean', { pool, allocation, credentials: [] }), [
      done('clean'),
    ]);
    expect(find(after.changes, 'setAllocation', allocation.id)!.set).toEqual({
      sealedAccess: null,
    });
    expect(after.resource).toMatchObject({ status: 'available', verifiedAt: NOW, cleanedAt: NOW });
    expect([after.begun, after.next]).toEqual([undefined, null]);
  });

  it('destroy: the resource is gone', () => {
    const after = report(standingAt('destroy', { resource: { status: 'destroying' } }), [
      done('destroy'),
    ]);
    expect(after.resource).toMatchObject({
      status: 'destroyed',
      destroyedAt: NOW,
      changedAt: NOW,
      operationId: null,
      nextOperation: null,
      dueAt: null,
    });
    expect(after.operation.outcome).toBe('done');
    expect(after.next).toBeNull();
    expect(after.moves).toEqual(['destroying → destroyed']);
  });
});

describe('a step that fails', () => {
  const OWN: Exclude<Step, 'openAccess' | 'verify'>[] = [
    'provision',
    'closeAccess',
    'clean',
    'issueCredential',
    'proveCredential',
    'retireCredential',
    'destroy',
  ];
  const statusAt = (step: Step) =>
    step === 'provision' ? 'provisioning' : step === 'destroy' ? 'destroying' : 'cleaning';

  it.each(OWN)('%s: the same operation is tried again after a pause', (step) => {
    const status = statusAt(step);
    const after = report(standingAt(step, { resource: { status } }), [
      failed(step),
    ] as unknown as OperationResult);
    expect(after.next).toBeNull();
    expect(after.resource).toMatchObject({
      status: status === 'cleaning' ? 'dirty' : status,
      failures: 1,
      reason: 'It broke.',
      operationId: 'op',
      dueAt: NOW + 10 * SECOND,
    });
    expect(after.operation).toMatchObject({
      step: 'call',
      outcome: null,
      error: 'It broke.',
      claimedBy: null,
      claimedUntil: 0,
    });
    expect(after.events[0]).toMatchObject({
      type: 'resource.failed',
      data: { scope: 'resource', reason: 'It broke.' },
    });
  });

  it('verify: the resource is cleaned again, as a new operation', () => {
    const after = report(standingAt('verify'), [failed('verify')]);
    expect(after.operation).toMatchObject({ outcome: 'failed', error: 'It broke.' });
    expect(after.resource).toMatchObject({
      status: 'dirty',
      nextOperation: 'clean',
      operationId: null,
      failures: 1,
    });
  });

  it('verify of an idle one: it is lent no more, and is missing to the request that it waits for', () => {
    const after = report(
      standingAt('verify', { resource: { status: 'available', heldFor: 'bundle', heldItem: 1 } }),
      [failed('verify')],
    );
    expect(after.resource).toMatchObject({
      status: 'dirty',
      heldFor: null,
      operationId: null,
      nextOperation: 'clean',
      dueAt: NOW,
    });
    expect(after.changes).toContainEqual({ do: 'releaseHold', reservationId: 'bundle', item: 1 });
    expect(after.operation.outcome).toBe('failed');
  });

  it.each([...OWN, 'verify', 'openAccess'] as const)(
    '%s, because the back end is away: nothing is held against the resource',
    (step) => {
      const snapshot = standingAt(step);
      const after = report(snapshot, [failed(step, AWAY)] as unknown as OperationResult);
      const openUntil = NOW + 10 * SECOND;
      expect(after.resource).toEqual({
        ...snapshot.task.resource,
        reason: 'It is away.',
        dueAt: openUntil,
        wayBack: after.resource.wayBack,
      });
      expect(after.operation).toEqual({
        ...snapshot.task.operation,
        error: 'It is away.',
        claimedBy: null,
        claimedUntil: 0,
      });
      expect(after.changes).toContainEqual({
        do: 'setBreaker',
        breaker: { poolId: 'p1', failures: 1, openUntil, reason: 'It is away.', since: NOW },
      });
    },
  );
});

describe('the breaker', () => {
  const breaker = { poolId: 'p1', failures: 2, openUntil: 5, reason: 'It was away.', since: 4 };
  const breakerAfter = (result: OperationResult, step: Step = 'clean') =>
    report(standingAt(step, { breaker }), result).changes.flatMap((change) =>
      change.do === 'setBreaker' ? change.breaker : [],
    );

  it('closes when the back end has done something', () => {
    expect(breakerAfter([done('clean')])).toEqual([{ ...breaker, failures: 0, openUntil: 0 }]);
  });

  it('that opens or closes is an event, and one that stays open is none', () => {
    const told = (given: object, outcome: OperationResult) =>
      report(standingAt('clean', given), outcome).events.filter(({ type }) =>
        type.startsWith('pool.'),
      );
    const away: OperationResult = [failed('clean', AWAY)];
    const reason = 'It is away.';
    expect(told({}, away)).toEqual([{ type: 'pool.failing', poolId: 'p1', data: { reason } }]);
    expect(told({ breaker }, away)).toEqual([]);
    expect(told({ breaker }, [done('clean')])).toEqual([
      { type: 'pool.recovered', poolId: 'p1', data: { since: 4 } },
    ]);
    expect(told({}, [done('clean')])).toEqual([]);
  });

  it('closes also where a later step failed by the fault of the resource', () => {
    expect(breakerAfter([done('clean'), failed('issueCredential')])).toMatchObject([
      { failures: 0 },
    ]);
  });

  it('is not erased by a report that ends with the back end away', () => {
    expect(breakerAfter([done('clean'), failed('issueCredential', AWAY)])).toEqual([
      { ...breaker, failures: 3, openUntil: NOW + 40 * SECOND, reason: 'It is away.' },
    ]);
  });

  it('counts one outage once, however many calls were under way', () => {
    const open = { ...breaker, failures: 1, openUntil: NOW + 10 * SECOND };
    const after = report(standingAt('clean', { breaker: open }), [failed('clean', AWAY)]);
    expect(after.changes).toContainEqual({
      do: 'setBreaker',
      breaker: { ...open, reason: 'It is away.' },
    });
    expect(after.resource.dueAt).toBe(open.openUntil);
  });

  it('counts the next one from the moment at which it closed', () => {
    const closing = { ...breaker, failures: 1, openUntil: NOW };
    const after = report(standingAt('clean', { breaker: closing }), [failed('clean', AWAY)]);
    expect(after.changes).toContainEqual({
      do: 'setBreaker',
      breaker: { ...closing, failures: 2, openUntil: NOW + 20 * SECOND, reason: 'It is away.' },
    });
  });

  it('pauses no longer than after three failures, and tells nothing of a failed resource', () => {
    const many = { ...breaker, failures: 9 };
    const after = report(standingAt('clean', { breaker: many }), [failed('clean', AWAY)]);
    expect(after.changes).toContainEqual({
      do: 'setBreaker',
      breaker: { ...many, failures: 10, openUntil: NOW + 40 * SECOND, reason: 'It is away.' },
    });
    expect(breakerAfter([failed('clean')])).toEqual([]);
  });
});

describe('several outcomes in one report', () => {
  const both = [done('clean'), done('issueCredential')] as const;

  it('are folded one after the other: cleaned, issued, proven, and the old one is to end', () => {
    const after = report(standingAt('clean'), [...both, done('proveCredential')]);
    expect(after.resource).toMatchObject({
      cleanedAt: NOW,
      rotatedAt: NOW,
      handle: 'cleaned',
      status: 'cleaning',
      nextOperation: 'retireCredential',
    });
    expect(after.credentials).toEqual({ old: 'retiring', op: 'current' });
    expect(after.changes.map((change) => change.do)).toEqual([
      'setOperation',
      'setResource',
      'setCredential',
      'putCredential',
      'append',
    ]);
    expect(find(after.changes, 'setOperation', 'op')!.set).toEqual({
      kind: 'retireCredential',
      claimedUntil: CLAIMED_UNTIL,
    });
    expect(after.next!.operation).toMatchObject({ id: 'op', kind: 'retireCredential' });
  });

  it('keep what was issued, even if the pool no longer asks for it', () => {
    const pool = poolOf({ rotatesAfterLease: false });
    const after = report(standingAt('clean', { pool }), [...both, done('proveCredential')]);
    expect(after.credentials).toEqual({ old: 'retiring', op: 'current' });
    expect(after.begun).toBeUndefined();
  });

  it('go on by themselves where the worker stopped, because the pool has changed meanwhile', () => {
    const after = report(standingAt('clean'), [done('clean')]);
    expect(after.next!.operation.kind).toBe('issueCredential');
  });

  it('count a credential that could not be issued against the resource, which is clean', () => {
    const after = report(standingAt('clean'), [done('clean'), failed('issueCredential')]);
    expect(after.resource).toMatchObject({
      status: 'dirty',
      cleanedAt: NOW,
      handle: 'cleaned',
      failures: 1,
      nextOperation: 'issueCredential',
    });
    expect(after.operation).toMatchObject({
      kind: 'issueCredential',
      step: 'call',
      claimedBy: null,
    });
    expect(after.credentials).toEqual({ old: 'current' });
  });

  it('wait at the proof where the back end went away before it', () => {
    const after = report(standingAt('clean'), [...both, failed('proveCredential', AWAY)]);
    expect(after.operation).toMatchObject({
      kind: 'issueCredential',
      step: 'prove',
      claimedBy: null,
    });
    expect(after.credentials).toEqual({ old: 'current', op: 'next' });
    expect(after.resource).toMatchObject({ failures: 0, status: 'cleaning' });
  });

  it('merge the details that they bring', () => {
    const after = report(standingAt('clean'), [
      done('clean', { handle: 'h', details: { host: 'a', port: 1 } }),
      done('issueCredential', { sealed: 's', details: { port: 2, valueHash: 'x' } }),
      done('proveCredential'),
    ]);
    const details = after.changes.flatMap((change) =>
      change.do === 'setDetails' ? [change.details] : [],
    );
    expect(details).toEqual([{ host: 'a', port: 2, valueHash: 'x' }]);
  });
});

describe('a new credential', () => {
  it('that is refused never counts as proven, and is replaced by the next try', () => {
    const refused = report(standingAt('issueCredential'), [
      done('issueCredential'),
      failed('proveCredential', { scope: 'resource', reason: 'The new credential is refused.' }),
    ]);
    expect(refused.credentials).toEqual({ old: 'current', op: 'next' });
    expect(refused.resource.rotatedAt).toBeNull();
    expect(refused.events.map(({ type }) => type)).not.toContain('resource.rotated');
    expect(refused.operation).toMatchObject({ step: 'call', outcome: null });
    const again = report(
      standingAt('issueCredential', {
        credentials: [credential('old', 'current'), credential('op', 'next')],
      }),
      [done('issueCredential'), done('proveCredential')],
    );
    expect(again.credentials).toEqual({ old: 'retiring', op: 'current' });
    expect(again.changes).toContainEqual({
      do: 'putCredential',
      credential: expect.objectContaining({ id: 'op', sealed: 'sealed new', state: 'current' }),
    });
  });

  it('is the only one where there was none before, so that nothing has to be retired', () => {
    const after = report(standingAt('issueCredential', { credentials: [] }), [
      done('issueCredential'),
      done('proveCredential'),
    ]);
    expect(after.credentials).toEqual({ op: 'current' });
    expect(after.resource.status).toBe('available');
  });

  it('without a current one beside it is proven first, and then takes over', () => {
    const credentials = [credential('op', 'next')];
    const refused = report(standingAt('proveCredential', { credentials }), [
      failed('proveCredential'),
    ]);
    expect(refused.credentials).toEqual({ op: 'next' });
    const proven = report(standingAt('proveCredential', { credentials }), [
      done('proveCredential'),
    ]);
    expect(proven.credentials).toEqual({ op: 'current' });
    expect(proven.resource.status).toBe('available');
  });

  it('retires the one that an abandoned rotation has left, with the current one or without', () => {
    const abandoned = credential('abandoned', 'next');
    for (const credentials of [[abandoned], [credential('old', 'current'), abandoned]]) {
      const pool = poolOf({ rotatesAfterLease: false });
      const after = report(standingAt('clean', { pool, credentials }), [
        done('clean'),
        done('issueCredential'),
        done('proveCredential'),
      ]);
      expect(after.credentials).toMatchObject({ abandoned: 'retiring', op: 'current' });
      expect(after.next!.operation.kind).toBe('retireCredential');
    }
  });
});

describe('a report that comes late changes nothing', () => {
  const current = standingAt('clean');
  const { task } = current;
  const late: [string, typeof current, number, OperationResult][] = [
    [
      'of an earlier attempt',
      standingAt('clean', { operation: { attempt: 2 } }),
      1,
      [done('clean')],
    ],
    ['of an attempt that never was', current, 2, [done('clean')]],
    [
      'of an operation that was superseded',
      standingAt('clean', { operation: { outcome: 'superseded', finishedAt: 3 } }),
      1,
      [done('clean')],
    ],
    [
      'about a generation that has passed',
      { ...current, task: { ...task, resource: { ...task.resource, generation: 1 } } },
      1,
      [done('clean')],
    ],
    [
      'of an operation that is no longer that of its resource',
      { ...current, task: { ...task, resource: { ...task.resource, operationId: 'another' } } },
      1,
      [done('clean')],
    ],
    ['of a step that has passed', standingAt('retireCredential'), 1, [done('clean')]],
    ['of a failure', standingAt('clean', { operation: { attempt: 2 } }), 1, [failed('clean')]],
    [
      'of several steps',
      standingAt('clean', { operation: { attempt: 2 } }),
      1,
      [done('clean'), done('issueCredential'), failed('proveCredential', AWAY)],
    ],
  ];

  it('notes only, in a pool that is being deleted, that the superseded call is over', () => {
    const until = context().now + 9;
    const superseded = { outcome: 'superseded', finishedAt: 3, claimedUntil: until } as const;
    const snapshot = standingAt('provision', { operation: superseded });
    snapshot.task.pool = { ...snapshot.task.pool, deletingAt: 2 };
    const report = (attempt: number) =>
      completeOperation(snapshot, attempt, [done('provision')], 'worker', context()).changes;
    expect(report(1)).toEqual([
      { do: 'setOperation', id: 'op', set: { claimedUntil: context().now } },
    ]);
    expect(report(2)).toEqual([]);
  });

  it.each(late)('%s', (_which, snapshot, attempt, result) => {
    expect(completeOperation(snapshot, attempt, result, 'worker', context())).toEqual({
      changes: [],
      value: null,
    });
  });

  it('once the claim has run out and another worker has taken over', () => {
    const { resource, pool, credentials, operation, allocation } = task;
    const draft = new Draft({ resource, operation, credentials, allocation });
    const taken = begin(
      draft,
      { kind: 'clean', pool, worker: 'other', cause: null },
      context(NOW + HOUR),
    );
    expect(taken).toMatchObject({ id: 'op', attempt: 2, claimedBy: 'other' });
    const now = { ...current, task: { ...task, operation: taken, resource: draft.resource } };
    const first = completeOperation(now, 1, [done('clean')], 'worker', context());
    expect(first.changes).toEqual([]);
    const second = completeOperation(now, 2, [done('clean')], 'other', context());
    expect(second.value).not.toBeNull();
  });
});
