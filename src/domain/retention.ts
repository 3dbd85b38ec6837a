/** How long finished rows are kept, in ms. */
export type KeptFor = {
  events: number;
  /** Ended reservations, destroyed resources, and API tokens that can no longer be used. */
  reservations: number;
  idempotency: number;
  operations: number;
};

/** The times before which finished rows are forgotten; epoch ms. */
export type Cutoffs = KeptFor & { tokens: number };

/** The cutoffs at `now`. A token is never forgotten before the events of its creation and end. */
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
