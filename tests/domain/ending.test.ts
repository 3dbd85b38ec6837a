import type { Change } from '../../src/domain/change';
import type { EventType } from '../../src/domain/event';
import {
  accessRevoked,
  end,
  expire,
  freedAtOnce,
  release,
  revoke,
} from '../../src/domain/loans/ending';
import { loadReservation } from '../../src/domain/loans/loading';
import type { Reservation } from '../../src/domain/loans/reservation';
import { aPool, anAllocation, aReservation, aResource, anEntry } from './support/objects';
import { codeOf } from './support/thrown';
import { aContext, aWorld, NOW, run, type World } from './support/world';

/** What becomes of a reservation at its end, of what it held, and of who waits for that. */

const cleaned = aPool();
const spotless = aPool({
  capabilities: { ...aPool().capabilities, leavesNothing: true, rotates: false },
});
const lent = aResource('r1', { status: 'allocated', generation: 1 });

/** `v1` holds r1, and `v2` waits for one of the class. */
const held = (pool = cleaned, fields: Partial<Reservation> = {}): World =>
  aWorld([pool], {
    resources: [lent],
    allocations: [anAllocation('r1', 'v1')],
    reservations: [
      aReservation('v1', fields),
      aReservation('v2', { status: 'queued', items: [{ count: 1 }] }),
    ],
    entries: [anEntry('v2', { count: 1, missing: 1 })],
  });
const OWNER = { userId: aReservation('v1').userId, userName: 'Ann' };
const ADMIN = { userId: 'admin', userName: 'Root' };
const snapshot = (world: World, id = 'v1') => run(loadReservation(id, NOW), world)!;
const reasons = (changes: Change[]) =>
  changes.flatMap((change) =>
    change.do === 'setReservation' && change.set.endReason ? [change.set.endReason] : [],
  );
const resourceAfter = (changes: Change[]) =>
  changes.flatMap((change) => (change.do === 'setResource' ? [change.set] : []));

describe('what an end can serve', () => {
  it('is what needs no cleaning, and only then are queues looked at', () => {
    const holdings = [{ allocation: anAllocation('r1', 'v1'), resource: lent }];
    expect(freedAtOnce(holdings, { p1: cleaned })).toEqual([]);
    expect(freedAtOnce(holdings, { p1: spotless })).toEqual([lent]);
    expect(snapshot(held(cleaned)).queues.requests).toEqual([]);
    expect(snapshot(held(spotless)).queues.requests).toHaveLength(1);
  });

  it('goes to whoever is next, in the same decision', () => {
    const { changes } = release(snapshot(held(spotless)), OWNER, aContext());
    expect(changes).toContainEqual(
      expect.objectContaining({
        do: 'allocate',
        allocation: expect.objectContaining({ reservationId: 'v2', generation: 3 }) as object,
      }),
    );
  });
});

it('a released resource is dirty, fenced by a new generation, and due at once', () => {
  const { changes } = release(snapshot(held()), OWNER, aContext());
  expect(reasons(changes)).toEqual(['released']);
  expect(resourceAfter(changes)).toEqual([
    expect.objectContaining({
      status: 'dirty',
      generation: 2,
      nextOperation: 'clean',
      dueAt: NOW,
    }),
  ]);
  expect(changes).toContainEqual({ do: 'setAllocation', id: 'r1.1', set: { endedAt: NOW } });
});

it('what drains is destroyed at the end of its loan, and kept out where an admin asked for that', () => {
  const draining = held();
  draining.resources = [{ ...lent, adminState: 'draining' }];
  expect(resourceAfter(release(snapshot(draining), OWNER, aContext()).changes)[0]).toMatchObject({
    status: 'destroying',
    nextOperation: 'destroy',
  });
  const kept = held(cleaned, { onRelease: 'maintenance' });
  expect(resourceAfter(release(snapshot(kept), OWNER, aContext()).changes)[0]).toMatchObject({
    adminState: 'maintenance',
  });
});

/** The data of the events of a type. */
const toldAs = (changes: Change[], type: EventType) =>
  changes.flatMap((change) =>
    change.do === 'append' && change.event.type === type ? [change.event.data] : [],
  );

it('an event says that a returned resource is kept out', () => {
  const kept = snapshot(held(cleaned, { onRelease: 'maintenance' }));
  expect(toldAs(release(kept, OWNER, aContext()).changes, 'resource.admin_state')).toEqual([
    { from: 'in_service', to: 'maintenance', reason: 'Its holder returned it so.' },
  ]);
});

describe('a lease is lost', () => {
  const lost = (changes: Change[]) => toldAs(changes, 'lease.lost');
  const over = (fields: Partial<Reservation>) =>
    snapshot(held(cleaned, { endsAt: NOW, deadlineAt: NOW, ...fields }));

  it('if somebody else ends it in time, with their reason', () => {
    const { changes } = release(snapshot(held()), ADMIN, aContext(), 'demo at noon');
    expect(lost(changes)).toEqual([{ reason: 'revoked', detail: 'by Root: demo at noon' }]);
  });

  it('if no sign of life came in time', () => {
    const silent = over({ heartbeatBy: NOW, endsAt: null });
    expect(lost(expire(silent, aContext()).changes)).toEqual([
      { reason: 'expired', detail: 'No heartbeat came in time.' },
    ]);
  });

  it('but not if its holder ends it, its time is up, or it has not begun', () => {
    const endings = [
      release(snapshot(held()), OWNER, aContext()),
      expire(over({}), aContext()),
      expire(over({ status: 'preparing' }), aContext()),
    ];
    expect(endings.map(({ changes }) => lost(changes))).toEqual([[], [], []]);
  });
});

describe('the reason', () => {
  it('is that time was up, though the holder gives it back later', () => {
    const over = held(cleaned, { endsAt: NOW, deadlineAt: NOW });
    expect(reasons(release(snapshot(over), OWNER, aContext()).changes)).toEqual(['expired']);
  });

  it('is that time was up, even if an admin or the server ends it later', () => {
    const over = held(cleaned, { endsAt: NOW, deadlineAt: NOW });
    expect(reasons(release(snapshot(over), ADMIN, aContext()).changes)).toEqual(['expired']);
    expect(reasons(revoke(snapshot(over), 'why', aContext()).changes)).toEqual(['expired']);
  });

  it('is that it was revoked if anybody but the holder ends it in time', () => {
    const { changes } = release(snapshot(held()), ADMIN, aContext());
    expect(changes).toContainEqual(
      expect.objectContaining({
        set: expect.objectContaining({ endReason: 'revoked', endDetail: 'by Root' }) as object,
      }),
    );
    const ended = snapshot(held(cleaned, { status: 'ended' }));
    expect(release(ended, ADMIN, aContext()).changes).toEqual([]);
    expect(revoke(ended, 'why', aContext()).changes).toEqual([]);
  });

  it.each<[Partial<Reservation>, string[]]>([
    [{ status: 'active', deadlineAt: NOW }, ['expired']],
    [{ status: 'preparing', deadlineAt: NOW }, ['failed']],
    [{ status: 'queued', deadlineAt: NOW }, ['timed_out']],
    [{ status: 'active', deadlineAt: NOW + 1 }, []],
    [{ status: 'active', deadlineAt: null }, []],
  ])('when time acts on %j is %j', (fields, expected) =>
    expect(reasons(expire(snapshot(held(cleaned, fields)), aContext()).changes)).toEqual(expected),
  );

  it('is not a silence in which nobody could be heard', () => {
    const silent = held(cleaned, { heartbeatBy: NOW, deadlineAt: NOW, endsAt: null });
    const at = (heard: number) =>
      reasons(expire(snapshot(silent), { ...aContext(), heard }).changes);
    expect([at(NOW - 1), at(NOW)]).toEqual([[], ['expired']]);
    expect(expire(snapshot(silent), { ...aContext(), heard: NOW - 1 }).changes).toEqual([]);
    const ended = held(cleaned, { status: 'ended', deadlineAt: NOW });
    expect(expire(snapshot(ended), aContext())).toEqual({ changes: [], value: 'v1' });
  });

  it('fits the status, and a reservation ends once', () => {
    expect(codeOf(() => end(snapshot(held()), 'timed_out', null, aContext()))).toBe('conflict');
    const ended = held(cleaned, { status: 'ended' });
    expect(release(snapshot(ended), OWNER, aContext()).changes).toEqual([]);
    expect(codeOf(() => end(snapshot(ended), 'revoked', null, aContext()))).toBe('conflict');
  });
});

it('who leaves a queue gives back what was held, and the next gets it', () => {
  const world = aWorld([cleaned], {
    resources: [aResource('r1', { heldFor: 'v1', heldItem: 0 })],
    reservations: [
      aReservation('v1', { status: 'queued' }),
      aReservation('v2', { status: 'queued', items: [{ count: 1 }] }),
    ],
    entries: [anEntry('v1', { missing: 1 }), anEntry('v2', { count: 1, missing: 1, rank: 2 })],
  });
  const { changes } = release(snapshot(world), OWNER, aContext());
  expect(reasons(changes)).toEqual(['cancelled']);
  expect(changes).toContainEqual({ do: 'dequeue', reservationId: 'v1' });
  expect(changes).toContainEqual({
    do: 'setResource',
    id: 'r1',
    set: expect.objectContaining({ status: 'allocated', heldFor: null, heldItem: null }),
  });
  expect(changes.flatMap((change) => (change.do === 'allocate' ? change.allocation : []))).toEqual([
    expect.objectContaining({ resourceId: 'r1', reservationId: 'v2' }),
  ]);
});

it('what is held, but not clean, goes to nobody yet; it is only held no longer', () => {
  const world = aWorld([cleaned], {
    resources: [
      aResource('r1', { heldFor: 'v1', heldItem: 0, heldUntil: NOW + 1, status: 'dirty' }),
    ],
    reservations: [
      aReservation('v1', { status: 'queued' }),
      aReservation('v2', { status: 'queued', items: [{ count: 1 }] }),
    ],
    entries: [anEntry('v1', { missing: 1 }), anEntry('v2', { count: 1, missing: 1, rank: 2 })],
  });
  const { changes } = release(snapshot(world), OWNER, aContext());
  expect(resourceAfter(changes)).toEqual([{ heldFor: null, heldItem: null, heldUntil: null }]);
});

describe('a resource that comes back', () => {
  const back = (
    resource: Partial<typeof lent>,
    fields: Partial<Reservation> = {},
    pool = cleaned,
  ) => {
    const world = held(pool, fields);
    world.resources[0] = { ...lent, ...resource };
    return release(snapshot(world), OWNER, aContext()).changes;
  };

  it('gives up what was under way on it', () => {
    expect(back({ operationId: 'op' })).toContainEqual({
      do: 'setOperation',
      id: 'op',
      set: { outcome: 'superseded', sealedMemo: null, finishedAt: NOW },
    });
    expect(back({}).some((change) => change.do === 'setOperation')).toBe(false);
  });

  it('is kept out of service only where it was in service', () => {
    const kept = (adminState: 'in_service' | 'maintenance' | 'draining') =>
      resourceAfter(back({ adminState }, { onRelease: 'maintenance' }))[0]!;
    expect(kept('in_service')).toMatchObject({ adminState: 'maintenance' });
    expect(kept('maintenance')).toMatchObject({ adminState: 'maintenance' });
    expect(kept('draining')).toMatchObject({ adminState: 'draining', status: 'destroying' });
  });

  it('says where it has gone', () => {
    const to = (pool = cleaned) =>
      back({}, {}, pool).flatMap((change) =>
        change.do === 'append' && change.event.type === 'resource.freed' ? [change.event.data] : [],
      );
    expect([to(), to(spotless)]).toEqual([
      [{ generation: 2, to: 'dirty' }],
      [{ generation: 2, to: 'available' }],
    ]);
  });

  const H = 100;
  const policy = { ...cleaned.policy, lease: { ...cleaned.policy.lease, idleExpiry: H } };
  const idling = aPool({ sizing: 'manual', policy });
  it.each<[string, number | null, Partial<Reservation>, number | null]>([
    ['from now, given back in time', NOW - 9, { deadlineAt: NOW + 5 }, NOW + H],
    ['from now, without a deadline', NOW - 9, { deadlineAt: null }, NOW + H],
    [
      'from its deadline, noticed late',
      NOW - 9,
      { deadlineAt: NOW - 5, endsAt: NOW - 5 },
      NOW - 5 + H,
    ],
    [
      'from its deadline, at its idle expiry',
      NOW - 5,
      { deadlineAt: NOW - 5, endsAt: NOW - 5 },
      NOW - 5 + H,
    ],
    ['as before where that is later', NOW + 1, { deadlineAt: NOW + 5 }, NOW + 1],
    ['not at all where it was not', null, { deadlineAt: NOW + 5 }, null],
  ])('is idle %s', (_since, expiresAt, fields, expected) => {
    expect(resourceAfter(back({ expiresAt }, fields, idling))[0]!.expiresAt).toBe(expected);
  });
});

it('access counts as revoked once it is closed, or the resource has come further', () => {
  const allocation = anAllocation('r1', 'v1', { access: 'open', endedAt: NOW });
  const revoked = (fields: object, of = allocation) =>
    accessRevoked({
      allocation: of,
      resource: { ...lent, status: 'dirty', generation: 2, ...fields },
    });
  expect(revoked({ nextOperation: 'closeAccess' })).toBe(false);
  expect(revoked({ nextOperation: 'clean' })).toBe(true);
  expect(revoked({ nextOperation: 'clean' }, { ...allocation, access: 'opening' })).toBe(false);
  expect(revoked({ nextOperation: 'clean' }, { ...allocation, sealedAccess: 'sealed' })).toBe(
    false,
  );
  expect(revoked({ generation: 3, nextOperation: 'closeAccess' })).toBe(true);
  expect(revoked({}, { ...allocation, access: 'none', endedAt: null })).toBe(true);
  expect(revoked({}, { ...allocation, endedAt: null })).toBe(false);
  expect(revoked({ status: 'available', nextOperation: 'destroy' })).toBe(true);
  expect(revoked({ nextOperation: 'destroy' })).toBe(false);
});
