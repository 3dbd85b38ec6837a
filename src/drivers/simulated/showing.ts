import type { DerivedPolicy } from '../../domain/pools/pool';
import type { DerivedDead, Evidence } from '../../domain/returns/evidence';
import { isBelow, type Level } from '../../domain/returns/level';

/** SHA-256 of nothing: a simulated thing has no inventory. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** How long the tokens of a simulated login live, in ms. */
const TOKEN_LIFE = 3_600_000;

/**
 * The evidence of a level, as a real driver would show it; `at`: epoch ms. Tokens live on where the
 * pool accepts that.
 */
export function evidenceOf(
  level: Level,
  handle: string,
  at: number,
  derived: DerivedPolicy = 'dead',
): Evidence {
  const period = { since: at, until: at };
  const reaches = (other: Level) => !isBelow(level, other);
  return {
    ...(reaches('R1') && { refused: { endpoint: 'simulated', times: 3, accepted: 3, ...period } }),
    ...(reaches('R2') && { derived: tokensAfter(derived, at) }),
    ...(reaches('R3') && { searched: { passes: 2, found: 0, inventory: EMPTY, ...period } }),
    ...(reaches('R4') && { replaced: { gone: handle } }),
  };
}

function tokensAfter(policy: DerivedPolicy, at: number): DerivedDead {
  return policy === 'dead'
    ? { how: 'none', until: null }
    : { how: 'acceptedUntilExpiry', until: at + TOKEN_LIFE };
}
