import { uuidv7, V7Generator } from 'uuidv7';
import type { Clock } from './clock';

/** Injected ids. */
export type IdSource = () => string;

/** A new UUIDv7 (RFC 9562, 5.7): rises with time, also within one millisecond of one process. */
export const newId: IdSource = () => uuidv7();

/** The same by a clock of ours: ids rise although the wall clock is set back, and order what was made by when it was. */
export function idsBy(clock: Clock): IdSource {
  const generator = new V7Generator();
  return () => generator.generateOrResetWithTs(clock.now()).toString();
}
