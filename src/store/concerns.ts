import type { Change } from '../domain/change';
import { mayEndAWait } from '../domain/event';

/**
 * A reason to look after a commit: a reservation changed, for which a caller may wait, or a job has
 * work.
 */
export type Concern = 'reservations' | 'work';

/** Concerns as a set of bits, so that they can be added up and sent. */
export const CONCERN: Readonly<Record<Concern, number>> = { reservations: 1, work: 2 };

/** The bit of listeners that named no concern: every commit that wrote something is theirs. */
export const UNNAMED = 4;

/** Bits of everybody. */
export const EVERYBODY = CONCERN.reservations | CONCERN.work | UNNAMED;

/** The concerns of the changes of one decision, as bits; an unknown kind is work. */
export function concernsOf(changes: readonly Change[]): number {
  const isClaimed = changes.some(claims);
  let concerns = 0;
  for (const change of changes) concerns |= concernOf(change, isClaimed);
  return concerns;
}

function concernOf(change: Change, isClaimed: boolean): number {
  switch (change.do) {
    case 'append':
      return mayEndAWait(change.event.type) ? CONCERN.reservations : 0;
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
    case 'addReturn':
    case 'putDelivery':
    case 'putTally':
    case 'setDelivery':
    case 'createSession':
    case 'setSession':
    case 'endSession':
    case 'endSessions':
      return 0;
    default:
      return CONCERN.work;
  }
}

/** Is an operation claimed? Its worker goes on by itself. */
function claims(change: Change): boolean {
  if (change.do === 'createOperation') return change.operation.claimedBy !== null;
  return change.do === 'setOperation' && (change.set.claimedUntil ?? 0) > 0;
}

/** A loan that begins, of a resource that needs no call before it is used. */
function isLoan({ status, dueAt }: (Change & { do: 'setResource' })['set']): boolean {
  return status === 'allocated' && (dueAt === null || dueAt === undefined);
}
