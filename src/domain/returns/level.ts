import type { Evidence, LoginRefused, Searched } from './evidence';

/**
 * Return levels. R0: nothing was shown. R1: the last holder's login is refused. R2: so is all that
 * was made from it, or it has expired. R3: what the holder may have planted was searched for twice.
 * R4: the resource is a new one.
 */
export const LEVELS = ['R0', 'R1', 'R2', 'R3', 'R4'] as const;
export type Level = (typeof LEVELS)[number];

/** The fewest refusals in a row that show that a login is dead: one may come from a stale server. */
export const LEAST_REFUSALS = 3;

/** The fewest searches that show that nothing planted is left. */
const LEAST_PASSES = 2;

/** The level that this evidence reaches. */
export function levelOf({ refused, derived, searched, replaced }: Evidence): Level {
  if (replaced) return 'R4';
  if (!refused || !isRefusal(refused)) return 'R0';
  if (!derived || derived.how === 'acceptedUntilExpiry') return 'R1';
  const dead = derived.how === 'expired' ? derived.until! : refused.since;
  return searched && isSearch(searched, dead) ? 'R3' : 'R2';
}

/** A login is refused only if it was so often, and another one was accepted at the same place. */
export function isRefusal({ times, accepted }: LoginRefused): boolean {
  return times >= LEAST_REFUSALS && accepted > 0;
}

/** A search counts only if the holder could plant nothing more. */
function isSearch({ passes, since }: Searched, dead: number): boolean {
  return passes >= LEAST_PASSES && since >= dead;
}

/** Is this level below `other`? */
export function isBelow(level: Level, other: Level): boolean {
  return LEVELS.indexOf(level) < LEVELS.indexOf(other);
}
