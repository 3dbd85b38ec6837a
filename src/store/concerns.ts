import type { Change } from '../domain/change';

/**
 * Who may have to look after a commit: callers who wait for a reservation to change, and jobs, which
 * act on rows.
 */
export type Concern = 'reservations' | 'work';

/** Concerns as a set of bits, so that they can be added up and sent. */
export const CONCERN: Readonly<Record<Concern, number>> = { reservations: 1, work: 2 };

/** Those who named no concern: every commit that wrote something is theirs. */
export const UNNAMED = 4;

/** Bits of everybody. */
export const EVERYBODY = CONCERN.reservations | CONCERN.work | UNNAMED;

/** Whom these changes of one decision concern, as bits; unknown kinds concern the jobs. */
export function concernsOf(changes: readonly Change[]): number {
  const isClaimed = changes.some(claims);
  let concerns = 0;
  for (const change of changes) concerns |= concernOf(change, isClaimed);
  return concerns;
}

function concernOf(change: Change, isClaimed: boolean): number {
  switch (change.do) {
    case 'append':
      return changesReservation(change.event.type) ? CONCERN.reservations : 0;
    case 'setResource':
      return isClaimed || isLoan(change.set) ? 0 : CONCERN.work;
    case 'createReservation':
    case 'setReservation':
    case 'enqueue':
    case 'dequeue':
    case 'allocate':
    case 'setAllocation':
    case 'createOperation':
    case 'setOperation':
    case 'putCredential':
    case 'setCredential':
    case 'dropCredential':
    case 'setDetails':
    case 'saveIdempotencyRecord':
      return 0;
    default:
      return CONCERN.work;
  }
}

/** Whoever has claimed the operation goes on by itself. */
function claims(change: Change): boolean {
  if (change.do === 'createOperation') return change.operation.claimedBy !== null;
  return change.do === 'setOperation' && (change.set.claimedUntil ?? 0) > 0;
}

/** Nobody can wait for a reservation before it is queued. */
function changesReservation(type: string): boolean {
  return type.startsWith('reservation.') && type !== 'reservation.queued';
}

/** A loan that begins, of a resource that needs no call before it is used. */
function isLoan({ status, dueAt }: (Change & { do: 'setResource' })['set']): boolean {
  return status === 'allocated' && (dueAt === null || dueAt === undefined);
}
