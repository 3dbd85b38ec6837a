/** The pause before the first restart of a job's thread, in ms; each further one is twice as long. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
/** A thread that has lived for so long, in ms, owes nothing to its earlier deaths. */
const STEADY_AFTER = 60_000;

/** The end of a job's thread, and what follows from it. */
export interface Restart {
  /** After how long it is started again, in ms. */
  pause: number;
  /** Why it ended. */
  reason: string;
  /** Is anything else than at the last end, so that it is worth a line of the log? */
  isNews: boolean;
}

/**
 * Decides about a thread that ended for `reason` after `lived` ms. `former`: its last end, undefined
 * without one. A job that dies as soon as it starts, say because the data directory is gone, must
 * not keep a core busy and fill the log.
 */
export function restartAfter(former: Restart | undefined, lived: number, reason: string): Restart {
  if (!former || lived >= STEADY_AFTER) return { pause: FIRST_PAUSE, reason, isNews: true };
  const pause = Math.min(former.pause * 2, LONGEST_PAUSE);
  return { pause, reason, isNews: pause !== former.pause || reason !== former.reason };
}
