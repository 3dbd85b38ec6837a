import { uuidv7 } from 'uuidv7';

/** Injected ids. */
export type IdSource = () => string;

/** A new UUIDv7 (RFC 9562, 5.7): rises with time, also within one millisecond of one process. */
export const newId: IdSource = () => uuidv7();
