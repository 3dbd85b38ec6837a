import { DomainError } from '../errors';
import type { ReservationStatus } from '../loans/reservation';

/** Bounds that keep one user, or one queue, from taking everything; null: none. */
export interface Caps {
  /** Resources that one user may hold, including those being prepared. */
  active: number | null;
  /** Reservations that one user may have queued. */
  queued: number | null;
  /** Requests that may wait in one queue. */
  queue: number | null;
}

export const NO_CAPS: Caps = { active: null, queued: null, queue: null };

/** How many reservations a user has in one status, and how many resources they ask for in all. */
export interface UserCount {
  status: ReservationStatus;
  count: number;
  resources: number;
}

/** The current numbers; 0 where no cap needs them. */
export interface Usage {
  /** Resources that the user holds. */
  active: number;
  queued: number;
  /** Requests in the fullest queue that the request would wait in. */
  queue: number;
}

/**
 * Counts what `caps` bound: a user's resources and queued requests, given their numbers in each
 * status, and the length of the fullest of these queues.
 */
export function usageOf(
  caps: Caps,
  counts: readonly UserCount[],
  queueLengths: readonly number[],
): Usage {
  const sum = (statuses: ReservationStatus[], of: 'count' | 'resources') =>
    counts.reduce((all, entry) => (statuses.includes(entry.status) ? all + entry[of] : all), 0);
  return {
    active: caps.active === null ? 0 : sum(['active', 'preparing'], 'resources'),
    queued: caps.queued === null ? 0 : sum(['queued'], 'count'),
    queue: caps.queue === null ? 0 : Math.max(0, ...queueLengths),
  };
}

/** Checks that the user may hold so many more resources. Errors: `too_many_active`. */
export function checkActive(caps: Caps, { active }: Usage, more: number): void {
  if (caps.active !== null && active + more > caps.active)
    throw new DomainError(
      'too_many_active',
      `You hold ${active} resources and ask for ${more}; no user may hold more than ${caps.active} at once.`,
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
