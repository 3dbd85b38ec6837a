import type { Change } from '../../src/domain/change';
import { isGone, keepAlive } from '../../src/domain/lifecycle/keep-alive';
import type { Resource } from '../../src/domain/lifecycle/resource';
import {
  candidateOf,
  detach,
  idleExpiryOf,
  idleWork,
  markDirty,
  readyFields,
} from '../../src/domain/lifecycle/steps';
import type { Reservation } from '../../src/domain/loans/reservation';
import type { Pool, PoolPolicy } from '../../src/domain/pools/pool';
import { context, find, HOUR, NOW, NO_QUEUES, poolOf } from './support/lifecycle';
import { aReservation, aResource } from './support/objects';

/** A resource that nobody has: what becomes of it, and when. */

const DAY = 24 * HOUR;
const withPolicy = (pool: Pool, policy: Partial<PoolPolicy>): Pool => ({
  ...pool,
  policy: { ...pool.policy, ...policy },
});
const idling = (idleExpiry: number | null, fields: Partial<Pool> = { sizing: 'manual' }) => {
  const pool = poolOf(fields);
  return withPolicy(pool, { lease: { ...pool.policy.lease, idleExpiry } });
};
const kept = (verify: number | null, rotate: number | null, fields = {}) =>
  withPolicy(poolOf(fields), {
    verification: { ...poolOf().policy.verification, interval: verify },
    rotation: { ...poolOf().policy.rotation, interval: rotate },
  });

describe('an idle expiry', () => {
  it.each([
    ['counts from now in a manual pool', idling(HOUR), NOW + HOUR],
    ['is none where the pool names none', idling(null), null],
    ['is none in a managed pool', idling(HOUR, { sizing: 'managed' }), null],
  ])('%s', (_what, pool, at) => expect(idleExpiryOf(pool, NOW)).toBe(at));
});

describe('the next work on an idle resource', () => {
  const at = (pool: Pool, times: Partial<Resource> = {}) => {
    const { nextOperation, dueAt } = idleWork(aResource('r1', times), pool, NOW);
    return [nextOperation, dueAt];
  };

  it.each<[string, Pool, Partial<Resource>, unknown[]]>([
    ['none', kept(null, null), {}, [null, null]],
    ['a verification', kept(HOUR, null), { verifiedAt: NOW - 1 }, ['verify', NOW - 1 + HOUR]],
    ['a first verification', kept(HOUR, null), {}, ['verify', NOW + HOUR]],
    ['a rotation', kept(null, DAY), { rotatedAt: NOW - 1 }, ['issueCredential', NOW - 1 + DAY]],
    ['a first rotation', kept(null, DAY), {}, ['issueCredential', NOW + DAY]],
    ['the sooner of both', kept(HOUR, DAY), {}, ['verify', NOW + HOUR]],
    [
      'a rotation before a verification at once',
      kept(HOUR, HOUR),
      {},
      ['issueCredential', NOW + HOUR],
    ],
    ['its removal', kept(HOUR, HOUR), { expiresAt: NOW + 1 }, ['destroy', NOW + 1]],
    [
      'its removal before all',
      kept(HOUR, HOUR),
      { expiresAt: NOW + HOUR },
      ['destroy', NOW + HOUR],
    ],
    [
      'no rotation without rotating',
      kept(null, DAY, { can: { rotates: false } }),
      {},
      [null, null],
    ],
    [
      'no rotation without a credential of its own',
      kept(null, DAY, { can: { staticCredential: false } }),
      {},
      [null, null],
    ],
  ])('is %s', (_what, pool, times, expected) => expect(at(pool, times)).toEqual(expected));
});

describe('a resource that becomes available', () => {
  const rank = (pick: PoolPolicy['pick']) =>
    readyFields(aResource('r7', { status: 'cleaning' }), withPolicy(poolOf(), { pick }), context())
      .rank;

  it('is lent in the order that its pool says', () => {
    const all: PoolPolicy['pick'][] = ['lowest', 'random', 'longest_idle'];
    expect(all.map(rank)).toEqual([7, 2 ** 39, NOW]);
  });

  it.each<[string, Partial<Resource>, boolean]>([
    ['as it is', {}, true],
    ['about to expire', { expiresAt: NOW + 1 }, true],
    ['that has expired', { expiresAt: NOW }, false],
    ['in maintenance', { adminState: 'maintenance' }, false],
    ['that drains', { adminState: 'draining' }, false],
    ['held for a request', { heldFor: 'v1' }, false],
  ])('%s may be lent: %p', (_which, fields, may) => {
    const { id, classId, poolId, generation, rank: at } = aResource('r1');
    expect(candidateOf(aResource('r1', { ...fields, operationId: 'op' }), NOW)).toEqual(
      may
        ? {
            resourceId: id,
            classId,
            poolId,
            generation,
            rank: at,
            operationId: 'op',
            heldFor: null,
            heldItem: null,
          }
        : null,
    );
  });
});

describe('a resource that must not be lent as it is', () => {
  it('gives up its operation, and whoever had it held is told', () => {
    expect(detach(aResource('r1', { operationId: 'op', heldFor: 'v1', heldItem: 2 }), NOW)).toEqual(
      [
        {
          do: 'setOperation',
          id: 'op',
          set: { outcome: 'superseded', sealedMemo: null, finishedAt: NOW },
        },
        { do: 'releaseHold', reservationId: 'v1', item: 2 },
      ],
    );
    expect(detach(aResource('r1'), NOW)).toEqual([]);
  });

  it.each([
    ['closeAccess', poolOf({ can: { opensAccess: true } })],
    ['clean', poolOf()],
    ['verify', poolOf({ can: { leavesNothing: true, rotates: false } })],
  ])('goes back by %s, as after a loan', (first, pool) => {
    const changes = markDirty(aResource('r1'), pool, 'why', NOW);
    expect(find(changes, 'setResource', 'r1')!.set).toMatchObject({
      status: 'dirty',
      nextOperation: first,
      dueAt: NOW,
      reason: 'why',
    });
    expect(changes).toContainEqual({
      do: 'append',
      event: expect.objectContaining({
        data: { from: 'available', to: 'dirty', generation: 0, reason: 'why' },
      }) as object,
    });
  });
});

describe('a resource in a manual pool', () => {
  it.each<[string, Partial<Resource>, number, boolean]>([
    ['is there without an expiry', { expiresAt: null }, NOW, false],
    ['is there before its expiry', { expiresAt: NOW + 1 }, NOW, false],
    ['is gone at its expiry', { expiresAt: NOW }, NOW, true],
    ['is there while it is lent', { expiresAt: NOW, status: 'allocated' }, NOW, false],
    ['is there while nobody could be heard', { expiresAt: NOW }, NOW - 1, false],
    ['is gone while it is removed', { status: 'destroying' }, NOW, true],
    ['is gone once it is removed', { status: 'destroyed' }, NOW, true],
  ])('%s', (_what, fields, heard, gone) => {
    expect(isGone(aResource('r1', fields), { now: NOW, heard })).toBe(gone);
  });

  const alive = (fields: Partial<Resource>, holder: Reservation | null = null) => {
    const pool = withPolicy(idling(HOUR), {
      verification: { ...poolOf().policy.verification, interval: DAY },
    });
    const snapshot = {
      resource: aResource('r1', { expiresAt: NOW + 1, ...fields }),
      holder,
      queues: NO_QUEUES,
      reservations: {},
      pools: { p1: pool },
    };
    const { changes, value } = keepAlive(snapshot, context());
    expect(value).toBe('r1');
    expect(changes[1]).toMatchObject({ event: { type: 'resource.kept_alive' } });
    return { set: find(changes, 'setResource', 'r1')!.set, rest: changes.slice(2) };
  };

  it('that is kept alive expires later, and what is due is planned anew', () => {
    expect(alive({})).toEqual({
      set: { expiresAt: NOW + HOUR, nextOperation: 'destroy', dueAt: NOW + HOUR },
      rest: [],
    });
  });

  it.each<[string, Partial<Resource>]>([
    ['that is being verified', { operationId: 'op' }],
    ['that is dirty', { status: 'dirty' }],
    ['that is lent', { status: 'allocated' }],
  ])('%s expires later, and goes on with what it does', (_which, fields) => {
    expect(alive(fields)).toEqual({ set: { expiresAt: NOW + HOUR }, rest: [] });
  });

  it('that has expired is not found', () => {
    expect(() => alive({ expiresAt: NOW })).toThrow(expect.objectContaining({ code: 'not_found' }));
  });

  it('brings its holder a heartbeat, but revives no lease', () => {
    const beating = { heartbeat: HOUR, heartbeatBy: NOW + 1, endsAt: null };
    const beats = (fields: Partial<Reservation>): Change[] =>
      alive({ status: 'allocated' }, aReservation('v1', { ...beating, ...fields })).rest;
    expect(find(beats({}), 'setReservation', 'v1')!.set).toEqual({
      heartbeatBy: NOW + HOUR,
      deadlineAt: NOW + HOUR,
    });
    expect(beats({ heartbeatBy: NOW })).toEqual([]);
    expect(beats({ status: 'preparing' })).toEqual([]);
    expect(beats({ status: 'ended' })).toEqual([]);
  });
});
