/** How long what has ended is kept, in ms. */
export type KeptFor = {
  events: number;
  /** Ended reservations, destroyed resources, and API tokens that nobody can use any more. */
  reservations: number;
  idempotency: number;
  operations: number;
};

/** The cut-off times for pruning: rows that ended earlier are deleted; epoch ms. */
export type Cutoffs = KeptFor & { tokens: number };

/**
 * The cut-offs at `now`. No token is deleted before the events that report its creation and its
 * end.
 */
export function cutoffsAt(now: number, keptFor: KeptFor): Cutoffs {
  const reservations = now - keptFor.reservations;
  const events = now - keptFor.events;
  return {
    events,
    reservations,
    tokens: Math.min(reservations, events),
    idempotency: now - keptFor.idempotency,
    operations: now - keptFor.operations,
  };
}
