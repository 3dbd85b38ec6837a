import type { Change } from '../../src/domain/change';
import { hear, loadHearing, type Hearing, type Listener } from '../../src/domain/hearing';
import { isGone } from '../../src/domain/lifecycle/keep-alive';
import { claim } from '../../src/domain/lifecycle/claims';
import { extendLease, heartbeat, leaseIsOver } from '../../src/domain/loans/lease';
import type { Reservation } from '../../src/domain/loans/reservation';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { aPool, aReservation, aResource } from './support/objects';
import { aContext, aWorld, run, type World } from './support/world';

/** Deadlines that ask for a sign of life do not run while nobody could be heard. */

const SINCE_START: Listener = { since: null, earlier: null, tolerated: 0 };
const H = 100;
const pool = aPool({ sizing: 'manual' });
pool.policy.lease.idleExpiry = H;

const lease = (id: string, fields: Partial<Reservation> = {}) =>
  aReservation(id, { status: 'active', heartbeat: H, heartbeatBy: 1_050, endsAt: null, ...fields });
const world = (things: Partial<World>, hearing: Hearing | null = { at: 1_000, moving: null }) =>
  aWorld([pool], {
    ...things,
    metadata: hearing === null ? {} : { hearing: JSON.stringify(hearing) },
  });

/** Calls `hear` until it is done; gives all changes, and what is remembered after each call. */
function heardAt(now: number, of: World, listener = SINCE_START, limit = 2) {
  const changes: Change[] = [];
  const remembered: Hearing[] = [];
  for (let more = true; more;) {
    const decision = hear(run(loadHearing({ limit }), of), listener, aContext(now));
    more = decision.value;
    for (const change of decision.changes) {
      if (change.do !== 'setMetadata') changes.push(change);
      else {
        of.metadata = { [change.name]: change.value };
        remembered.push(JSON.parse(change.value) as Hearing);
      }
    }
  }
  return { changes, remembered };
}

const moves = (changes: Change[]) =>
  Object.fromEntries(
    changes.flatMap((change) =>
      change.do === 'setReservation'
        ? [[change.id, [change.set.heartbeatBy, change.set.deadlineAt]]]
        : change.do === 'setResource'
          ? [[change.id, [change.set.expiresAt, change.set.dueAt]]]
          : [],
    ),
  );

describe('a heartbeat', () => {
  it.each([
    ['due after the silence began', { heartbeatBy: 1_050 }, [1_550, 1_550]],
    ['that just came when it began', { heartbeatBy: 1_100 }, [1_600, 1_600]],
    [
      'that came after the last record of an earlier process',
      { heartbeatBy: 1_130 },
      [1_600, 1_600],
    ],
    ['of a lease that ends before', { heartbeatBy: 1_050, endsAt: 1_520 }, [1_550, 1_520]],
  ])('%s is due later by the part of the silence that it ran in', (_what, fields, expected) => {
    const { changes } = heardAt(1_500, world({ reservations: [lease('v1', fields)] }));
    expect(moves(changes)).toEqual({ v1: expected });
    expect(changes.filter((change) => change.do === 'append')).toEqual([
      {
        do: 'append',
        event: expect.objectContaining({
          type: 'reservation.unheard',
          reservationId: 'v1',
          data: { heartbeatBy: expected[0], from: 1_000, until: 1_500 },
        }),
      },
    ]);
  });

  it.each([
    ['that was missed before', { heartbeatBy: 1_000 }],
    ['that came since', { heartbeatBy: 1_600 }],
    ['that nobody awaits', { heartbeat: null, heartbeatBy: null, endsAt: 1_200 }],
    ['of a reservation that ended', { status: 'ended' as const }],
  ])('%s stays as it is', (_what, fields) => {
    const { changes } = heardAt(1_500, world({ reservations: [lease('v1', fields)] }));
    expect(changes).toEqual([]);
  });
});

it('the idle expiry of a resource moves on too, with its removal, lent or not', () => {
  const idle = aResource('r1', { expiresAt: 1_050, nextOperation: 'destroy', dueAt: 1_050 });
  const lent = aResource('r2', { expiresAt: 1_060, status: 'allocated' });
  const gone = aResource('r3', { expiresAt: 1_000 });
  const { changes } = heardAt(1_500, world({ resources: [idle, lent, gone] }));
  expect(moves(changes)).toEqual({ r1: [1_550, 1_550], r2: [1_560, undefined] });
});

describe('the memory', () => {
  it('moves a piece at a time, each once, even if another process goes on with it', () => {
    const ids = ['v1', 'v2', 'v3', 'v4', 'v5'];
    const of = world({ reservations: ids.map((id) => lease(id)) });
    const first = hear(run(loadHearing({ limit: 2 }), of), SINCE_START, aContext(1_500));
    expect(first).toMatchObject({ value: true });
    of.metadata = { hearing: (first.changes[0] as { value: string }).value };
    const { changes, remembered } = heardAt(1_700, of);
    expect(moves(changes)).toEqual(Object.fromEntries(ids.map((id) => [id, [1_550, 1_550]])));
    expect(remembered.map(({ at, moving }) => [at, moving?.after ?? null])).toEqual([
      [1_000, 'v2'],
      [1_000, 'v4'],
      [1_000, 'v5'],
      [1_000, ''],
      [1_500, null],
    ]);
  });

  it.each([
    ['a process that starts', SINCE_START, 1_001, [1_000, 1_001]],
    ['one that joins others', { ...SINCE_START, tolerated: 5 }, 1_005, null],
    [
      'one that stood still alone',
      { since: 1_200, earlier: null, tolerated: 5 },
      1_300,
      [1_200, 1_300],
    ],
    [
      'one that stood still beside others',
      { since: 900, earlier: null, tolerated: 5 },
      1_004,
      null,
    ],
    ['one that was not away', { since: 1_200, earlier: null, tolerated: 5 }, 1_205, null],
  ])('%s', (_who, listener, now, silence) => {
    const { remembered } = heardAt(now, world({}), listener);
    expect(remembered[0]!.moving).toEqual(
      silence && expect.objectContaining({ from: silence[0], until: silence[1] }),
    );
    expect(remembered.at(-1)).toEqual({ at: now, moving: null });
  });

  it('begins with the last sign of a version that had none, or with nothing', () => {
    const earlier = { ...SINCE_START, earlier: 1_200 };
    expect(heardAt(1_500, world({}, null), earlier).remembered[0]!.moving).toMatchObject({
      from: 1_200,
    });
    expect(heardAt(1_500, world({}, null)).remembered).toEqual([{ at: 1_500, moving: null }]);
  });
});

describe('before deadlines are moved', () => {
  const silent = { now: 1_500, heard: 1_000 };

  it('a heartbeat that could not be heard ends nothing, and is taken', () => {
    const one = lease('v1');
    expect(leaseIsOver(one, silent)).toBe(false);
    expect(leaseIsOver(one, { ...silent, heard: 1_050 })).toBe(true);
    expect(leaseIsOver(one, { now: 1_040, heard: 1_060 })).toBe(false);
    expect(leaseIsOver({ ...one, endsAt: 1_500 }, silent)).toBe(true);
    expect(heartbeat(one, silent).changes[0]).toMatchObject({ set: { heartbeatBy: 1_600 } });
    expect(() =>
      extendLease({ reservation: { ...one, endsAt: 1_600 }, holdings: [] }, 1, silent),
    ).not.toThrow();
  });

  it('an idle resource is there, and is not removed', () => {
    const idle = aResource('r1', { expiresAt: 1_050, nextOperation: 'destroy', dueAt: 1_050 });
    expect(isGone(idle, silent)).toBe(false);
    expect(isGone(idle, { ...silent, heard: 1_050 })).toBe(true);
    const due = (resource: Resource, heard?: number) => {
      const work = { resource, pool, operation: null, credentials: [], allocation: null };
      const snapshot = { due: [{ ...work, reservation: null }], breakers: {} };
      return claim(snapshot, 'w', { ...aContext(1_500), heard }).value.length;
    };
    expect([due(idle, 1_000), due(idle, 1_050), due(idle)]).toEqual([0, 1, 1]);
    expect(due({ ...idle, adminState: 'draining' }, 1_000)).toBe(1);
    expect(due({ ...idle, status: 'destroying' }, 1_000)).toBe(1);
  });
});
