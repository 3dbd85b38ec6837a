/** How long what has ended is kept, in ms. */
export type KeptFor = {
  events: number;
  /** Ended reservations, destroyed resources, and API tokens that nobody can use any more. */
  reservations: number;
  idempotency: number;
  operations: number;
};

/** What ended before these times is forgotten; epoch ms. */
export type Cutoffs = KeptFor & { tokens: number };

/** What is past its time at `now`. No token goes before the events that tell of its making and end. */
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
