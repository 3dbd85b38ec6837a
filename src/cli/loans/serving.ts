import type { Holdfast, Reservation, Waiting } from '../../client';
import { Refusal, type EXIT } from '../exit-codes';
import { plain } from '../plain';

/** The exit codes of a request that ended before it had anything, and of a loan that is over. */
const ENDINGS: Readonly<Partial<Record<NonNullable<Reservation['endReason']>, keyof typeof EXIT>>> =
  { timed_out: 'timedOut', refused: 'refused', cancelled: 'refused' };

const OVER: Readonly<Partial<Record<NonNullable<Reservation['endReason']>, string>>> = {
  timed_out: 'The time to wait is over, and the request with it.',
  cancelled: 'The request was cancelled.',
  released: 'It was given back already.',
  expired: 'Its lease has ended.',
};

/**
 * Waits until a reservation is active; tells why it waits. Errors: Refusal `timedOut`, `refused` or
 * `lost` if it has ended; the reason of the signal; those of a call.
 */
export async function untilServed(
  holdfast: Holdfast,
  id: string,
  onWaiting: (waiting: Waiting) => void,
  signal?: AbortSignal,
): Promise<Reservation> {
  return active(await holdfast.untilServed(id, { onWaiting, signal }));
}

/** The same reservation. Errors: Refusal as `untilServed`. */
export function active(reservation: Reservation): Reservation {
  const { status, endReason, endDetail } = reservation;
  if (status !== 'ended') return reservation;
  const why = endDetail ?? OVER[endReason ?? 'released'] ?? `It has ended (${endReason}).`;
  throw new Refusal(endReason === null ? 'lost' : (ENDINGS[endReason] ?? 'lost'), plain(why));
}
