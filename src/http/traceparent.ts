import type { IncomingMessage } from 'node:http';

/** Version, trace, parent and flags (W3C Trace Context); a later version may add fields. */
const FORM =
  /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(-[\x21-\x7e]{1,64})?$/;

/** The traceparent of a call, which events, operations and drivers get; null if there is no valid one. */
export function traceparentOf({ headers }: Pick<IncomingMessage, 'headers'>): string | null {
  const given = headers.traceparent;
  return typeof given === 'string' && FORM.test(given) ? given : null;
}
