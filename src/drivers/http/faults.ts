import { DriverError } from '../driver';
import type { CallName } from '../messages';
import { ForbiddenAddressError } from '../../outbound/addresses';
import { chainOf, codeOf } from '../../outbound/faults';

/** An answer of the service, whatever it says. */
export interface Answer {
  status: number;
  retryAfter: string | string[] | undefined;
  bytes: Uint8Array;
}

/** The pause before a message is repeated, unless the service names one, in ms. */
const PAUSE = 200;
/** A service that asks for a longer pause, in ms, is left to the engine, which backs off. */
const LONGEST_PAUSE = 10_000;
/** Nothing of an answer has come: the service is starting, or closed an idle connection. */
const TRANSIENT = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'],
  ...['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET'],
]);
const UNAVAILABLE = [502, 503, 504];
/** The service asks to be asked later, or gave up waiting for us: no resource is at fault. */
const BACKEND_4XX = [408, 429];
const TOO_LARGE = 'UND_ERR_RES_EXCEEDED_MAX_SIZE';

/** How long to wait before a message is repeated, in ms; null if that does not help. */
export function retryPause(first: Answer | { error: unknown }): number | null {
  if ('error' in first) return TRANSIENT.has(codeOf(first.error)) ? PAUSE : null;
  if (!UNAVAILABLE.includes(first.status)) return null;
  const asked = String(first.retryAfter ?? '');
  const pause = asked === '' ? PAUSE : /^\d{1,6}$/.test(asked) ? Number(asked) * 1_000 : Infinity;
  return pause <= LONGEST_PAUSE ? pause : null;
}

/** The fault that a status stands for; null for 2xx. A redirect is one: none is followed. */
export function statusFault(name: CallName, status: number): DriverError | null {
  if (status >= 200 && status < 300) return null;
  const isResource = status >= 400 && status < 500 && !BACKEND_4XX.includes(status);
  const followed = status < 400 ? ', which is not followed' : '';
  return new DriverError(
    isResource ? 'resource' : 'backend',
    `The service answered ${name} with ${status}${followed}.`,
  );
}

/** Turns any error of a call into a DriverError without anything that the service sent. */
export function asDriverError(
  error: unknown,
  name: CallName,
  signal: AbortSignal,
  answerKb: number,
): DriverError {
  if (error instanceof DriverError) return error;
  const cause = { cause: error };
  if (signal.aborted)
    return new DriverError('backend', `The service did not answer ${name} in time.`, cause);
  if (codeOf(error) === TOO_LARGE)
    return new DriverError('resource', `The answer to ${name} is over ${answerKb} KiB.`, cause);
  const forbidden = chainOf(error).find((each) => each instanceof ForbiddenAddressError);
  if (forbidden) return new DriverError('backend', forbidden.message, cause);
  const code = codeOf(error) || 'unknown error';
  return new DriverError('backend', `The service did not answer ${name} (${code}).`, cause);
}
