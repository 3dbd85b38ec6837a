import { V7Generator } from 'uuidv7';
import type { Clock } from './clock';
import { freshBytes } from './crypto/random';

/** Returns a new id at each call. */
export type IdSource = () => string;

const generator = () => new V7Generator({ nextUint32: () => freshBytes(4).readUInt32LE() });
const ofThisThread = generator();

/** A new UUIDv7 (RFC 9562, 5.7). Ids of one process rise, even within a millisecond. */
export const newId: IdSource = () => ofThisThread.generate().toString();

/**
 * UUIDv7s dated by `clock` instead of the wall clock: they keep rising when the wall clock is set
 * back, and sort by the time at which they were made.
 */
export function idsBy(clock: Clock): IdSource {
  const ordered = generator();
  return () => ordered.generateOrResetWithTs(clock.now()).toString();
}
