import type { Reservation } from './api';

/** The lease as an answer shows it, and when its question was sent, by the clock of the client. */
export type Sighting = Pick<Reservation, 'asOf' | 'endsAt' | 'heartbeatBy'> & { sentAt: number };

/** A margin of this share of the time that is left, up to two seconds, and a bit for drift. */
const SHARE = 0.1;
export const MARGIN = 2_000;
/** No clock of a computer gains or loses this much. */
const DRIFT = 0.001;
/** The longest time between two heartbeats, in ms. */
const BEAT = 30_000;

/** The deadlines of a lease by the clock of the client, in ms; Infinity for none. */
export interface Deadlines {
  /** Until then nobody else can be lent the thing, unless an admin revokes the loan. */
  heldUntil: number;
  /** When the next heartbeat is due. */
  beatAt: number;
}

/**
 * Gives the deadlines after an answer. The server looked at its clock (`asOf`) after the question had
 * been sent, so counting from `sentAt` errs on the safe side, however long the answer took.
 * `margin`: ms by which to be early; undefined: by what is left.
 */
export function deadlinesOf(sighting: Sighting, margin: number | undefined): Deadlines {
  const { sentAt, asOf, endsAt, heartbeatBy } = sighting;
  const leftUntil = (instant: string | null) =>
    instant === null ? Infinity : Date.parse(instant) - Date.parse(asOf);
  const safe = (left: number) =>
    left === Infinity ? left : left - (margin ?? marginOf(left)) - left * DRIFT;
  const unheard = safe(leftUntil(heartbeatBy));
  return {
    heldUntil: sentAt + Math.min(safe(leftUntil(endsAt)), unheard),
    beatAt: sentAt + Math.min(Math.max(unheard, 0) / 3, BEAT),
  };
}

function marginOf(left: number): number {
  return Math.min(left * SHARE, MARGIN);
}
