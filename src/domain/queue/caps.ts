import { DomainError } from '../errors';
import type { ReservationStatus } from '../loans/reservation';

/** Bounds that keep one user, or one queue, from taking everything; null: none. */
export interface Caps {
  /** Reservations that one user may hold, including those being prepared. */
  active: number | null;
  /** Reservations that one user may have queued. */
  queued: number | null;
  /** Requests that may wait in one queue. */
  queue: number | null;
}

export const NO_CAPS: Caps = { active: null, queued: null, queue: null };

/** The current numbers; 0 where no cap needs them. */
export interface Usage {
  active: number;
  queued: number;
  /** Requests in the fullest queue that the request would wait in. */
  queue: number;
}

/**
 * Counts what `caps` bound: a user's reservations, given their number in each status, and the
 * length of the fullest of these queues.
 */
export function usageOf(
  caps: Caps,
  counts: readonly { status: ReservationStatus; count: number }[],
  queueLengths: readonly number[],
): Usage {
  const of = (status: ReservationStatus) =>
    counts.reduce((sum, entry) => (entry.status === status ? sum + entry.count : sum), 0);
  return {
    active: caps.active === null ? 0 : of('active') + of('preparing'),
    queued: caps.queued === null ? 0 : of('queued'),
    queue: caps.queue === null ? 0 : Math.max(0, ...queueLengths),
  };
}

/** Checks that the user may hold one more reservation. Errors: `too_many_active`. */
export function checkActive(caps: Caps, { active }: Usage): void {
  if (reached(caps.active, active))
    throw new DomainError(
      'too_many_active',
      `You hold ${caps.active} reservations, and no user may hold more at once.`,
    );
}

/** Checks that the user may queue one more request. Errors: `too_many_queued`, `queue_full`. */
export function checkQueued(caps: Caps, { queued, queue }: Usage): void {
  if (reached(caps.queued, queued))
    throw new DomainError(
      'too_many_queued',
      `You have ${caps.queued} queued requests, and no user may have more at once.`,
    );
  if (reached(caps.queue, queue))
    throw new DomainError(
      'queue_full',
      `${caps.queue} requests are already waiting for this, which is the limit.`,
    );
}

function reached(cap: number | null, count: number): boolean {
  return cap !== null && count >= cap;
}
