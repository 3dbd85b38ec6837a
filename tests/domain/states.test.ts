import { NO_QUEUES } from './support/lifecycle';
import {
  nextReservationStatus,
  RESERVATION_STATES,
  RESERVATION_STATUSES,
  END_REASONS,
  END_REASONS_BY_STATUS,
  type ReservationEvent,
  type ReservationStatus,
} from '../../src/domain/loans/reservation';
import {
  isAvailable,
  nextResourceStatus,
  RESOURCE_STATES,
  RESOURCE_STATUSES,
  ADMIN_STATES,
  type ResourceEvent,
  type ResourceStatus,
} from '../../src/domain/lifecycle/resource';
import { end } from '../../src/domain/loans/ending';
import { aReservation } from '../store/rows';

/**
 * The lives of resource and reservation, every status against every event. The tables are written
 * out here once more.
 */

const RESOURCE_EVENTS: ResourceEvent[] = [
  'provisioned',
  'clean',
  'setback',
  'ready',
  'keep_back',
  'allocate',
  'end',
  'mark_dirty',
  'quarantine',
  'destroy',
  'destroyed',
];
const RESERVATION_EVENTS: ReservationEvent[] = ['prepare', 'activate', 'end'];

/** `status event → status`, one a line; what is not here is not possible. */
const RESOURCE_LIFE = `
  provisioning provisioned dirty | provisioning quarantine quarantined | provisioning destroy destroying
  dirty clean cleaning | dirty ready available | dirty keep_back spare | dirty mark_dirty dirty
  dirty quarantine quarantined | dirty destroy destroying
  cleaning setback dirty | cleaning ready available | cleaning keep_back spare
  cleaning mark_dirty dirty
  cleaning quarantine quarantined | cleaning destroy destroying
  available allocate allocated | available keep_back spare | available mark_dirty dirty
  available destroy destroying
  spare ready available | spare mark_dirty dirty | spare destroy destroying
  allocated end dirty
  quarantined provisioned dirty | quarantined clean cleaning | quarantined mark_dirty dirty
  quarantined quarantine quarantined
  quarantined destroy destroying | quarantined destroyed destroyed
  destroying quarantine quarantined | destroying destroyed destroyed`;

const RESERVATION_LIFE = `
  queued prepare preparing | queued activate active | queued end ended
  preparing activate active | preparing end ended
  active end ended`;

function life(text: string): Map<string, string> {
  const steps = text
    .split(/[|\n]/)
    .map((step) => step.trim().split(/\s+/))
    .filter((step) => step.length === 3);
  return new Map(steps.map(([status, event, next]) => [`${status} ${event}`, next!]));
}

const pairs = <S extends string, E extends string>(statuses: readonly S[], events: readonly E[]) =>
  statuses.flatMap((status) => events.map((event) => [status, event] as const));
const codeOf = (work: () => unknown): string => {
  try {
    return String(work());
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a resource', () => {
  const expected = life(RESOURCE_LIFE);

  it.each(pairs(RESOURCE_STATUSES, RESOURCE_EVENTS))('that is %s, on %s', (status, event) => {
    expect(codeOf(() => nextResourceStatus(status, event))).toBe(
      expected.get(`${status} ${event}`) ?? 'conflict',
    );
  });

  it('knows no event that is not tried here', () => {
    expect(
      Object.values(RESOURCE_STATES)
        .flatMap((row) => Object.keys(row))
        .filter((event) => !RESOURCE_EVENTS.includes(event as ResourceEvent)),
    ).toEqual([]);
  });

  it('can get to every status, and out of every one but the last', () => {
    const reached = new Set(expected.values());
    expect(RESOURCE_STATUSES.filter((status) => !reached.has(status))).toEqual(['provisioning']);
    expect(
      RESOURCE_STATUSES.filter((status) => Object.keys(RESOURCE_STATES[status]).length === 0),
    ).toEqual(['destroyed']);
  });

  it('is never lent but from available, and never available straight from a loan', () => {
    const into = (next: ResourceStatus) =>
      RESOURCE_STATUSES.filter((status) => Object.values(RESOURCE_STATES[status]).includes(next));
    expect(into('allocated')).toEqual(['available']);
    expect(into('available')).toEqual(['dirty', 'cleaning', 'spare']);
  });

  it('is available in one way only', () => {
    const all = RESOURCE_STATUSES.flatMap((status) =>
      ADMIN_STATES.flatMap((adminState) =>
        [null, 'v1'].map((heldFor) => ({ status, adminState, heldFor })),
      ),
    );
    expect(all.filter(isAvailable)).toEqual([
      { status: 'available', adminState: 'in_service', heldFor: null },
    ]);
  });
});

describe('a reservation', () => {
  const expected = life(RESERVATION_LIFE);

  it.each(pairs(RESERVATION_STATUSES, RESERVATION_EVENTS))('that is %s, on %s', (status, event) => {
    expect(codeOf(() => nextReservationStatus(status, event))).toBe(
      expected.get(`${status} ${event}`) ?? 'conflict',
    );
  });

  it('knows no event that is not tried here', () => {
    expect(
      Object.values(RESERVATION_STATES)
        .flatMap((row) => Object.keys(row))
        .filter((event) => !RESERVATION_EVENTS.includes(event as ReservationEvent)),
    ).toEqual([]);
  });

  const REASONS: Record<ReservationStatus, string> = {
    queued: 'cancelled timed_out refused revoked',
    preparing: 'released revoked failed',
    active: 'released expired revoked failed',
    ended: '',
  };

  it.each(pairs(RESERVATION_STATUSES, END_REASONS))(
    'that is %s may end as %s, or not',
    (status, reason) => {
      const queues = NO_QUEUES;
      const snapshot = {
        reservation: aReservation('v1', { status }),
        holdings: [],
        held: [],
        queues,
        reservations: {},
        pools: {},
      };
      const context = { now: 5, newId: () => 'id', fraction: () => 0 };
      const fits = REASONS[status].split(' ').includes(reason);
      expect(END_REASONS_BY_STATUS[status].includes(reason)).toBe(fits);
      expect(codeOf(() => end(snapshot, reason, null, context).value)).toBe(
        fits ? 'v1' : 'conflict',
      );
    },
  );
});
