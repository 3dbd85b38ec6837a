import type { DecisionContext } from '../context';
import type { Draft } from './draft';
import { end, type ReservationSnapshot } from '../loans/ending';
import { backBy, startLease } from '../loans/lease';
import { nextReservationStatus } from '../loans/reservation';

/**
 * Records that access to one resource of a loan is open. The lease begins when all of them are
 * open.
 */
export function openedAccess(
  draft: Draft,
  loan: ReservationSnapshot,
  context: DecisionContext,
): void {
  draft.set({ nextOperation: null, dueAt: null, failures: 0, reason: null });
  const { reservation, holdings } = loan;
  const waitsForOthers = holdings.some(
    ({ allocation }) => allocation.id !== draft.allocation!.id && allocation.access === 'opening',
  );
  if (waitsForOthers || reservation.status !== 'preparing') return;
  if (reservation.deadlineAt !== null && reservation.deadlineAt <= context.now)
    return endLoan(draft, loan, 'Access could not be opened in time.', context);
  const { id: reservationId, userId, status } = reservation;
  const lease = startLease(reservation, context.now);
  draft.set({ backAt: lease.endsAt });
  draft.include([
    ...backBy(
      holdings.filter(({ resource }) => resource.id !== draft.resource.id),
      lease.endsAt,
    ),
    {
      do: 'setReservation',
      id: reservationId,
      set: { status: nextReservationStatus(status, 'activate'), ...lease },
    },
    {
      do: 'append',
      event: { type: 'reservation.active', reservationId, userId, data: { endsAt: lease.endsAt } },
    },
  ]);
}

/**
 * Ends the whole loan because access to one of its resources cannot be opened. `reason`: the
 * driver's words, which are for admins. The holder is told only that it failed.
 */
export function failOpening(
  draft: Draft,
  loan: ReservationSnapshot,
  reason: string,
  context: DecisionContext,
): void {
  draft.finishOperation('failed', reason, context.now);
  draft.set({ reason });
  endLoan(draft, loan, 'Access could not be opened.', context);
}

function endLoan(
  draft: Draft,
  loan: ReservationSnapshot,
  detail: string,
  context: DecisionContext,
): void {
  const { resource, allocation } = draft;
  const holdings = loan.holdings.map((holding) =>
    holding.resource.id === resource.id ? { allocation: allocation!, resource } : holding,
  );
  draft.include(end({ ...loan, holdings }, 'failed', detail, context).changes);
}
