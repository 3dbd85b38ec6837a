const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** How long a call may take, in ms. */
export const CALL_DEADLINE = 15 * SECOND;
/** When a call that has told no outcome counts as lost, in ms after it began. */
export const LOST_AFTER = 2 * CALL_DEADLINE;
/** How long a delivery is tried, in ms. */
export const TRIED_FOR = 72 * HOUR;
/** The pause after the first try, and the longest one, in ms. */
const FIRST_PAUSE = 5 * SECOND;
const LONGEST_PAUSE = 8 * HOUR;
const GROWTH = 3;

/** The most calls under way at once: in all, and to one webhook. */
export const MOST_CALLS = 128;
const MOST_OF_WEBHOOK = 4;

/**
 * How many calls to one webhook may be under way. After a failure it is one, until a call succeeds:
 * webhooks that do not answer cannot take the places of those that do.
 */
export function placesFor(failures: number): number {
  return failures > 0 ? 1 : MOST_OF_WEBHOOK;
}

/** A delivery after a try that failed; times in epoch ms. */
export interface FailedTry {
  /** How often it was tried. */
  tries: number;
  since: number;
  now: number;
  /** The pause that the receiver asked for, in ms; null if it asked for none. */
  retryAfter: number | null;
  /** In [0, 1). */
  fraction: number;
}

/**
 * When to try a delivery again, epoch ms: after pauses that grow threefold from 5 s to 8 h, varied by
 * ±20 %. null: it has been tried for three days.
 */
export function nextTry({ tries, since, now, retryAfter, fraction }: FailedTry): number | null {
  const grown = Math.min(FIRST_PAUSE * GROWTH ** Math.max(0, tries - 1), LONGEST_PAUSE);
  const asked = Math.min(retryAfter ?? 0, LONGEST_PAUSE);
  const next = now + Math.round(Math.max(grown * (0.8 + 0.4 * fraction), asked));
  return next > since + TRIED_FOR ? null : next;
}
