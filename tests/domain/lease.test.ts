import type { Decision } from '../../src/domain/change';
import {
  earlier,
  endedEarlyBy,
  extendLease,
  heartbeat,
  leaseIsOver,
  startLease,
} from '../../src/domain/loans/lease';
import type { Reservation } from '../../src/domain/loans/reservation';
import { aReservation, aResource } from './support/objects';
import { codeOf } from './support/thrown';

/** When a lease ends, told on the row that the jobs read. */

const START = 1_000;
const lease = (fields: Partial<Reservation> = {}) =>
  aReservation('v1', { startsAt: START, endsAt: 2_000, deadlineAt: 2_000, ...fields });
const set = ({ changes }: Decision<string>) =>
  changes.flatMap((change) => (change.do === 'setReservation' ? [change.set] : []));
const events = ({ changes }: Decision<string>) =>
  changes.flatMap((change) => (change.do === 'append' ? [change.event] : []));

describe('a lease', () => {
  it.each([
    ['with an end', { duration: 60 }, [1_060, null, 1_060, 1_054]],
    ['without an end', { duration: null }, [null, null, null, null]],
    [
      'whose heartbeat is due before its end',
      { duration: 60, heartbeat: 5 },
      [1_060, 1_005, 1_005, 1_054],
    ],
    [
      'whose end comes before its heartbeat',
      { duration: 5, heartbeat: 60 },
      [1_005, 1_060, 1_005, 1_005],
    ],
    ['with nothing but a heartbeat', { duration: null, heartbeat: 5 }, [null, 1_005, 1_005, null]],
  ])(
    '%s starts with the deadline that comes first',
    (_which, terms, [end, beat, deadline, notice]) => {
      expect(startLease(aReservation('v1', terms), START)).toEqual({
        startsAt: START,
        endsAt: end,
        heartbeatBy: beat,
        deadlineAt: deadline,
        noticeAt: notice,
      });
    },
  );

  it.each<[string, Partial<Reservation>, boolean, boolean]>([
    ['that is active', {}, false, true],
    ['that has ended', { status: 'ended' }, true, true],
    ['that waits', { status: 'queued' }, false, false],
    ['that is prepared', { status: 'preparing' }, false, false],
    ['without an end', { endsAt: null }, false, false],
    ['without an end, but with a heartbeat', { endsAt: null, heartbeatBy: 2_000 }, false, true],
    ['whose heartbeat is due first', { endsAt: 9_000, heartbeatBy: 2_000 }, false, true],
    ['whose end comes first', { endsAt: 2_000, heartbeatBy: 9_000 }, false, true],
  ])('%s is over at its deadline, and not 1 ms before', (_which, fields, before, at) => {
    expect([1_999, 2_000].map((now) => leaseIsOver(lease(fields), { now }))).toEqual([before, at]);
  });

  it('does not end for a silence in which nobody could be heard; its end comes all the same', () => {
    const silent = lease({ endsAt: 3_000, heartbeatBy: 2_000 });
    expect(leaseIsOver(silent, { now: 2_500, heard: 1_999 })).toBe(false);
    expect(leaseIsOver(silent, { now: 2_500, heard: 2_000 })).toBe(true);
    expect(leaseIsOver(silent, { now: 1_999, heard: 9_000 })).toBe(false);
    expect(leaseIsOver(silent, { now: 3_000, heard: 1_000 })).toBe(true);
  });

  it.each([
    [{ endsAt: 2_000, heartbeatBy: null }, false],
    [{ endsAt: 2_000, heartbeatBy: 2_000 }, false],
    [{ endsAt: 2_000, heartbeatBy: 1_999 }, true],
    [{ endsAt: null, heartbeatBy: 1_999 }, true],
    [{ endsAt: null, heartbeatBy: null }, false],
  ])('with %j ended early for lack of a heartbeat: %p', (ends, isEarly) => {
    expect(endedEarlyBy(ends) !== null).toBe(isEarly);
  });
});

test('the earlier of two deadlines is the one that exists', () => {
  expect([earlier(1, 2), earlier(2, 1), earlier(null, 2), earlier(1, null)]).toEqual([1, 1, 2, 1]);
  expect(earlier(null, null)).toBeNull();
});

describe('an extension', () => {
  const HELD = { maximum: 1_500 };
  const extend = (fields: Partial<Reservation>, extension: number, now = START) =>
    extendLease({ reservation: lease(fields), holdings: [] }, extension, { now });

  it('moves the end and the deadline, and says so', () => {
    const decision = extend({}, 500);
    expect(set(decision)).toEqual([{ endsAt: 2_500, deadlineAt: 2_500, noticeAt: 2_350 }]);
    expect(events(decision)).toEqual([
      {
        type: 'reservation.extended',
        reservationId: 'v1',
        userId: 'u1',
        data: { endsAt: 2_500, heartbeatBy: null },
      },
    ]);
  });

  it('has each of its resources come back at the new end', () => {
    const holdings = ['r1', 'r2'].map((id) => ({ resource: aResource(id) }));
    const of = lease({ heartbeatBy: 1_900 });
    const { changes } = extendLease({ reservation: of, holdings }, 500, { now: START });
    expect(changes.filter((change) => change.do === 'setResource')).toEqual([
      { do: 'setResource', id: 'r1', set: { backAt: 2_500 } },
      { do: 'setResource', id: 'r2', set: { backAt: 2_500 } },
    ]);
  });

  it('leaves a heartbeat due that comes before the new end', () => {
    const decision = extend({ heartbeatBy: 1_900 }, 500);
    expect(set(decision)).toEqual([{ endsAt: 2_500, deadlineAt: 1_900, noticeAt: 2_350 }]);
  });

  it.each([START, 1_999])('reaches the maximum, counted from the start, at %i', (now) => {
    expect(set(extend(HELD, 500, now))).toMatchObject([{ endsAt: 2_500 }]);
    expect(() => extend(HELD, 501, now)).toThrow(
      expect.objectContaining({ code: 'over_maximum', field: 'extension' }),
    );
  });

  it.each([
    [3_999, 2],
    [4_000, 3],
    [500, 0],
  ])('past a maximum of %i ms is refused, naming the %i seconds that are left', (maximum, left) => {
    expect(() => extend({ maximum }, 60_000)).toThrow(`by ${left} seconds at most`);
  });

  it.each<[string, Partial<Reservation>]>([
    ['lease_over', { endsAt: START }],
    ['lease_over', { status: 'ended' }],
    ['conflict', { status: 'queued' }],
    ['conflict', { status: 'preparing' }],
    ['conflict', { endsAt: null }],
  ])('is refused as %s with %j', (code, fields) => {
    expect(codeOf(() => extend(fields, 1))).toBe(code);
  });
});

describe('a heartbeat', () => {
  it.each([
    ['before the end', 300, { heartbeatBy: 1_800, deadlineAt: 1_800 }],
    ['after the end, which stays the deadline', 900, { heartbeatBy: 2_400, deadlineAt: 2_000 }],
  ])('counts from now: %s', (_which, length, expected) => {
    const beaten = heartbeat(lease({ heartbeat: length, heartbeatBy: 1_600 }), { now: 1_500 });
    expect(set(beaten)).toEqual([expected]);
    expect(events(beaten)).toMatchObject([
      {
        type: 'reservation.heartbeat',
        data: { endsAt: 2_000, heartbeatBy: expected.heartbeatBy },
      },
    ]);
  });

  it('that was not asked for changes nothing', () => {
    expect(heartbeat(lease(), { now: START })).toEqual({ changes: [], value: 'v1' });
  });

  it.each<[string, Partial<Reservation>]>([
    ['lease_over', { heartbeatBy: START }],
    ['lease_over', { status: 'ended' }],
    ['conflict', { status: 'queued' }],
  ])('is refused as %s with %j', (code, fields) => {
    expect(codeOf(() => heartbeat(lease({ heartbeat: 5, ...fields }), { now: START }))).toBe(code);
  });
});
