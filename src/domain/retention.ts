import { STEP_KEPT_FOR, type Step } from './history/steps';

/** How long finished rows are kept, in ms. */
export type KeptFor = {
  events: number;
  /** Ended reservations, destroyed resources, and API tokens that can no longer be used. */
  reservations: number;
  idempotency: number;
  operations: number;
};

/** The most ended reservations that are kept of one user; the oldest are forgotten first. */
const MOST_ENDED = 100_000;
/** The most events that are kept; about 5 GB. */
const MOST_EVENTS = 20_000_000;

/** The times before which finished rows are forgotten (epoch ms), and how many are kept at most. */
export type Cutoffs = KeptFor & {
  tokens: number;
  /** Of sessions: they are of no use once they have ended. */
  sessions: number;
  /** Of return records. */
  returns: number;
  /** Of reservations that never became active. */
  unserved: number;
  /** Of the tallies of the history. */
  tallies: Record<Step, number>;
  mostEnded: number;
  mostEvents: number;
};

/**
 * The cutoffs at `now`. A request that was never served is kept only as long as its repetition could
 * ask for it. A token is never forgotten before the events of its creation and end.
 */
export function cutoffsAt(now: number, keptFor: KeptFor): Cutoffs {
  const reservations = now - keptFor.reservations;
  const events = now - keptFor.events;
  return {
    events,
    reservations,
    tokens: Math.min(reservations, events),
    sessions: now,
    // A loan that is still known shows the return before it.
    returns: Math.min(reservations, events),
    idempotency: now - keptFor.idempotency,
    unserved: now - Math.min(keptFor.reservations, keptFor.idempotency),
    tallies: { hour: now - STEP_KEPT_FOR.hour, day: now - STEP_KEPT_FOR.day },
    mostEnded: MOST_ENDED,
    mostEvents: MOST_EVENTS,
    operations: now - keptFor.operations,
  };
}
