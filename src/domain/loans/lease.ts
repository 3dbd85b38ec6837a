import { nothing, type Change, type Decision } from '../change';
import type { Instant } from '../context';
import { DomainError } from '../errors';
import type { Resource } from '../lifecycle/resource';
import { noticeAt } from './notice';
import type { Reservation } from './reservation';

/**
 * Is the lease over at `now`, whether or not a job has acted on it? Only an active reservation has
 * a lease. Silence ends it only while its holder could be heard.
 */
export function leaseIsOver(
  reservation: Pick<Reservation, 'status' | 'endsAt' | 'heartbeatBy'>,
  { now, heard = now }: Instant,
): boolean {
  if (reservation.status !== 'active') return reservation.status === 'ended';
  return (
    (reservation.endsAt !== null && reservation.endsAt <= now) ||
    (reservation.heartbeatBy !== null && reservation.heartbeatBy <= Math.min(now, heard))
  );
}

/** Says why a lease ended before its time, in a sentence; null if it ended on time. */
export function endedEarlyBy({
  endsAt,
  heartbeatBy,
}: Pick<Reservation, 'endsAt' | 'heartbeatBy'>): string | null {
  return heartbeatBy !== null && (endsAt === null || heartbeatBy < endsAt)
    ? 'No heartbeat came in time.'
    : null;
}

/** The earlier of two deadlines, null standing for never. */
export function earlier(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

/** When a lease that starts at `now` ends, in epoch ms; a time that was asked for stays. */
export function endOf(
  { endsAt, duration }: Pick<Reservation, 'endsAt' | 'duration'>,
  now: number,
): number | null {
  if (endsAt !== null) return endsAt;
  return duration === null ? null : now + duration;
}

/** The fields of a lease that starts at `now`; `reservation.heartbeat` includes the pool's grace. */
export function startLease(
  reservation: Reservation,
  now: number,
): Pick<Reservation, 'startsAt' | 'endsAt' | 'heartbeatBy' | 'deadlineAt' | 'noticeAt'> {
  const endsAt = endOf(reservation, now);
  const heartbeatBy = reservation.heartbeat === null ? null : now + reservation.heartbeat;
  return {
    startsAt: now,
    endsAt,
    heartbeatBy,
    deadlineAt: earlier(endsAt, heartbeatBy),
    noticeAt: noticeAt(now, endsAt, reservation.notice),
  };
}

/** Errors: `conflict` when the reservation is not active, `lease_over` when its lease has ended. */
function requireLive(reservation: Reservation, instant: Instant): void {
  if (reservation.status !== 'active' && reservation.status !== 'ended') {
    throw new DomainError(
      'conflict',
      `The reservation is ${reservation.status}; it has no lease yet.`,
    );
  }
  if (leaseIsOver(reservation, instant))
    throw new DomainError('lease_over', 'The lease is over; make a new reservation.');
}

/**
 * Moves the end of a lease by `extension` ms. Errors: `lease_over`, `conflict`, `over_maximum` with
 * the longest extension still possible.
 */
export function extendLease(
  { reservation, holdings }: { reservation: Reservation; holdings: readonly Lent[] },
  extension: number,
  instant: Instant,
): Decision<string> {
  requireLive(reservation, instant);
  if (reservation.endsAt === null)
    throw new DomainError('conflict', 'A lease without an end cannot be extended.');
  const endsAt = reservation.endsAt + extension;
  const limit =
    reservation.maximum === null ? Infinity : reservation.startsAt! + reservation.maximum;
  if (endsAt > limit) {
    const possible = Math.max(0, Math.floor((limit - reservation.endsAt) / 1000));
    throw new DomainError(
      'over_maximum',
      `The lease can be extended by ${possible} seconds at most.`,
      'extension',
    );
  }
  const moved = { endsAt, noticeAt: noticeAt(reservation.startsAt!, endsAt, reservation.notice) };
  const { changes, value } = leaseChange(reservation, moved, 'reservation.extended');
  return { changes: [...changes, ...backBy(holdings, endsAt)], value };
}

/** A resource of a lease. */
interface Lent {
  resource: Pick<Resource, 'id'>;
}

/** The resources of a lease that ends at `endsAt` come back then; null: nobody knows. */
export function backBy(holdings: readonly Lent[], endsAt: number | null): Change[] {
  return holdings.map(({ resource: { id } }) => ({
    do: 'setResource',
    id,
    set: { backAt: endsAt },
  }));
}

/** Keeps a lease alive for another heartbeat. Errors: `lease_over`, `conflict`. */
export function heartbeat(reservation: Reservation, instant: Instant): Decision<string> {
  requireLive(reservation, instant);
  if (reservation.heartbeat === null) return { changes: [], value: reservation.id };
  return leaseChange(
    reservation,
    { heartbeatBy: instant.now + reservation.heartbeat },
    'reservation.heartbeat',
  );
}

/** Announces the end of a lease, once for each end that it is given. */
export function announceEnd(reservation: Reservation, instant: Instant): Decision<string> {
  const { id, userId, status, endsAt, noticeAt: due } = reservation;
  const isDue = status === 'active' && due !== null && due <= instant.now;
  if (!isDue || leaseIsOver(reservation, instant)) return nothing(id);
  const changes: Change[] = [
    { do: 'setReservation', id, set: { noticeAt: null } },
    {
      do: 'append',
      event: { type: 'lease.ending', reservationId: id, userId, data: { endsAt } },
    },
  ];
  return { changes, value: id };
}

function leaseChange(
  reservation: Reservation,
  moved: Partial<Pick<Reservation, 'endsAt' | 'heartbeatBy' | 'noticeAt'>>,
  type: 'reservation.extended' | 'reservation.heartbeat',
): Decision<string> {
  const { endsAt, heartbeatBy } = { ...reservation, ...moved };
  const changes: Change[] = [
    {
      do: 'setReservation',
      id: reservation.id,
      set: { deadlineAt: earlier(endsAt, heartbeatBy), ...moved },
    },
    {
      do: 'append',
      event: {
        type,
        reservationId: reservation.id,
        userId: reservation.userId,
        data: { endsAt, heartbeatBy },
      },
    },
  ];
  return { changes, value: reservation.id };
}
