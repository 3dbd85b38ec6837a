import type { Endable } from '../../parts/loans/end-dialog';
import { nameOf, type Reservation, type ReservationSummary } from '../../parts/loans/words';
import { holdfast } from '../../server/client';
import type { Change } from '../../server/overview';
import { useWindow } from '../../server/windowed';

/** A change that may concern somebody's loans. */
function concernsLoans(change: Exclude<Change, null>): boolean {
  return 'pool' in change || change.types.some((type) => /^(reservation|lease)\./.test(type));
}

/** Reads the reservations of a user in a status, the newest first. */
export function useOwn(userId: string, status: Reservation['status'], step: number) {
  return useWindow(
    `${status} of ${userId}`,
    (part) => holdfast.reservations.list({ user: userId, status, order: 'desc', ...part }).page(),
    { step, concerns: concernsLoans },
  );
}

/** As a dialog names it. */
export function endableOf(reservation: ReservationSummary): Endable {
  const { id, status } = reservation;
  return { id, name: nameOf(reservation), isWaiting: status === 'queued' };
}
