import type { Step } from '../lifecycle/operation-steps';
import type { Evidence } from './evidence';

/**
 * The reason why a resource has to be made fit to be lent. `loan`: a holder had it. `unopened`: it
 * was lent, and its holder was never shown a login. `new`: it was made or adopted. `cleaning`: an admin or
 * a start asked for it. `restore`: what happened since the backup is unknown.
 */
export const RETURN_CAUSES = ['loan', 'unopened', 'new', 'cleaning', 'restore'] as const;
export type ReturnCause = (typeof RETURN_CAUSES)[number];

/** One step of a way back; times are epoch ms. */
export interface ReturnStep {
  step: Step;
  /** The beginning of its first call, and the end of its last. */
  since: number;
  until: number;
  /** How many calls ended, those that failed included. */
  calls: number;
  failures: number;
  /** The last failure, in the driver's words, for admins; null without one. */
  failure: string | null;
}

/** A resource on its way from a loan to the next one. */
export interface WayBack {
  since: number;
  cause: ReturnCause;
  /** The reservation that held it; null if none did. */
  reservationId: string | null;
  /** In the order in which they began. */
  steps: readonly ReturnStep[];
  shown: Evidence;
}

/** The beginning of a way back. */
export function wayBackFrom(
  cause: ReturnCause,
  since: number,
  reservationId: string | null = null,
): WayBack {
  return { since, cause, reservationId, steps: [], shown: {} };
}
