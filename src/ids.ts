import { V7Generator } from 'uuidv7';
import type { Clock } from './clock';
import { freshBytes } from './crypto/random';

/** Injected ids. */
export type IdSource = () => string;

const generator = () => new V7Generator({ nextUint32: () => freshBytes(4).readUInt32LE() });
const ofThisThread = generator();

/** A new UUIDv7 (RFC 9562, 5.7): rises with time, also within one millisecond of one process. */
export const newId: IdSource = () => ofThisThread.generate().toString();

/**
 * The same by a clock of ours: ids rise although the wall clock is set back, and order what was
 * made by when it was.
 */
export function idsBy(clock: Clock): IdSource {
  const ordered = generator();
  return () => ordered.generateOrResetWithTs(clock.now()).toString();
}
