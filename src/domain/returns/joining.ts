import type { DerivedDead, Evidence } from './evidence';
import { isRefusal } from './level';

/**
 * The evidence after one more call of the same way back. A step that is taken again tries a login
 * that no holder ever had, so it takes nothing back of what is known about the one that was lent.
 */
export function joined(before: Evidence, shown: Evidence): Evidence {
  return { ...before, ...shown, ...lastingOf(before) };
}

/** The part that is about the login that was lent, which no later call can try again. */
export function lastingOf({ refused, derived }: Evidence): Evidence {
  return {
    ...(refused && isRefusal(refused) && { refused }),
    ...(derived?.how === 'acceptedUntilExpiry' && { derived }),
  };
}

/** The evidence at `now` (epoch ms): time alone decides whether tokens have expired. */
export function asOf(shown: Evidence, now: number): Evidence {
  const { derived } = shown;
  return derived ? { ...shown, derived: derivedAt(derived, now) } : shown;
}

function derivedAt(derived: DerivedDead, now: number): DerivedDead {
  const { how, until } = derived;
  if (how !== 'expired' && how !== 'acceptedUntilExpiry') return derived;
  return { how: until !== null && until <= now ? 'expired' : 'acceptedUntilExpiry', until };
}
