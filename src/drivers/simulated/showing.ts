import type { Evidence } from '../../domain/returns/evidence';
import { isBelow, type Level } from '../../domain/returns/level';

/** SHA-256 of nothing: a simulated thing has no inventory. */
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** The evidence of a level, as a real driver would show it; `at`: epoch ms. */
export function evidenceOf(level: Level, handle: string, at: number): Evidence {
  const period = { since: at, until: at };
  const reaches = (other: Level) => !isBelow(level, other);
  return {
    ...(reaches('R1') && { refused: { endpoint: 'simulated', times: 1, accepted: 1, ...period } }),
    ...(reaches('R2') && { derived: { how: 'none', until: null } }),
    ...(reaches('R3') && { searched: { passes: 2, found: 0, inventory: EMPTY, ...period } }),
    ...(reaches('R4') && { replaced: { gone: handle } }),
  };
}
