import { DriverError, NotYet } from '../driver';

/** The pause after a 429 that names none; ms. */
const SLOW_DOWN = 10_000;

/** An answer other than 2xx, by its status and headers; null for no answer at all. */
export interface BadAnswer {
  status: number | null;
  retryAfter?: string | null;
}

/** The answer in an error of the SDK. */
export function answerIn(error: unknown): BadAnswer {
  const { status, headers } = error as {
    status?: unknown;
    headers?: { get?: (name: string) => unknown } & Record<string, unknown>;
  };
  const retryAfter = headers?.['retry-after'];
  return {
    status: typeof status === 'number' ? status : null,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
  };
}

/**
 * The failure that an answer stands for. Too many requests are a pause, as long as IBM Cloud asks
 * for (seconds or a date); no answer, or one of 5xx, is a fault of the back end.
 */
export function faultFor({ status, retryAfter }: BadAnswer, doing: string, now: number): Error {
  if (status === 429)
    return new NotYet(now + pauseIn(retryAfter ?? null, now), 'IBM Cloud asks to slow down.');
  if (status === null) return new DriverError('backend', `IBM Cloud did not answer (${doing}).`);
  const scope = status >= 500 ? 'backend' : 'resource';
  return new DriverError(scope, `IBM Cloud answered ${status} (${doing}).`);
}

function pauseIn(text: string | null, now: number): number {
  if (text === null || text.trim() === '') return SLOW_DOWN;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isFinite(date) ? Math.max(0, date - now) : SLOW_DOWN;
}

/** Errors: DriverError after the deadline of the call. */
export function requireTime(signal: AbortSignal): void {
  if (signal.aborted) throw new DriverError('backend', 'The call was stopped at its deadline.');
}

/** The failure of a late call. */
export function superseded(): DriverError {
  return new DriverError('resource', 'A newer call has already run; this one changed nothing.');
}
