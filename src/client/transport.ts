import { textOf } from './answer-text';
import { sleep, type Clock, type Timers } from './clock';
import {
  ConnectionError,
  errorOf,
  HoldfastError,
  ProblemError,
  UnexpectedAnswerError,
} from './errors';

/** A call, as HTTP has it. */
export interface Ask {
  method: string;
  /** Below the URL of the server, such as `/v1/pools`. */
  path: string;
  /** A value that is undefined is left out. */
  query?: Readonly<Record<string, unknown>>;
  body?: unknown;
  /** The idempotency key: under the same key, a call takes effect once. */
  idempotencyKey?: string;
  /** The ETag under which the thing was read; without quotes. */
  ifMatch?: string;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
  /** Ms after which to give up, with all retries; `retryFor` of the client by default. */
  retryFor?: number;
  /** Ms after which one try is given up, besides the time for which the answer is held. */
  patience?: number;
}

/** An answer. */
export interface Reply<Body = unknown> {
  status: number;
  headers: Headers;
  body: Body;
  /** When the call was sent that was answered, by the clock of the client. */
  sentAt: number;
}

/** Everything that a call is made with. */
export interface Connection {
  url: string;
  /** The value of Authorization; undefined for anybody. */
  authorization: string | undefined;
  /** Sent with each call. */
  headers: Readonly<Record<string, string>>;
  fetch: typeof fetch;
  clock: Clock;
  timers: Timers;
  /** From 0 up to 1; spreads retries. */
  random: () => number;
  /** How long to retry a call, in ms. */
  retryFor: number;
}

/** `patience` by default. */
const PATIENCE = 15_000;
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** As long as Retry-After is obeyed where a call is repeated for ever: a proxy may ask for days. */
export const LONGEST_OBEYED = 60_000;

/**
 * Makes a call, and repeats it while that is safe and may help. Errors: a `ProblemError` for a
 * refusal, `ConnectionError`, `UnexpectedAnswerError`; the reason of the signal once that aborts.
 */
export async function call(connection: Connection, ask: Ask): Promise<Reply> {
  const { clock, timers } = connection;
  const until = clock() + (ask.retryFor ?? connection.retryFor);
  for (let tries = 0; ; tries++) {
    const outcome = await attempt(connection, ask).catch((error: unknown) => error as Error);
    if (!(outcome instanceof Error)) return outcome;
    if (ask.signal?.aborted) throw ask.signal.reason as Error;
    // An earlier try whose answer got lost may have removed it.
    if (tries > 0 && ask.method === 'DELETE' && statusOf(outcome) === 404)
      return { status: 204, headers: new Headers(), body: undefined, sentAt: clock() };
    if (!mayRetry(ask, outcome)) throw outcome;
    const asked = retryAfterOf(outcome) ?? 0;
    const obeyed = until === Infinity ? Math.min(asked, LONGEST_OBEYED) : asked;
    const pause = Math.max(obeyed, pauseAfter(connection, tries));
    if (clock() + pause >= until) throw outcome;
    await sleep(timers, pause, ask.signal);
  }
}

/** How long to wait after so many failures in a row, from 0 on, in ms; spread by chance. */
export function pauseAfter({ random }: Connection, failures: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures) * (0.5 + random() / 2);
}

/** One try, with its answer read whole. */
async function attempt(connection: Connection, ask: Ask): Promise<Reply> {
  const wait = Number(ask.query?.wait ?? 0) * 1000;
  const sentAt = connection.clock();
  const end = new AbortController();
  const timer = connection.timers.setTimeout(
    () => end.abort(new ConnectionError('No answer came in time.')),
    (ask.patience ?? PATIENCE) + wait,
  );
  try {
    const signal = ask.signal ? AbortSignal.any([ask.signal, end.signal]) : end.signal;
    const response = await send(connection, ask, signal);
    if (!response.ok) throw await refusalOf(response);
    const body = bodyIn(response, await textOf(response));
    return { status: response.status, headers: response.headers, body, sentAt };
  } catch (error) {
    throw error instanceof HoldfastError
      ? error
      : new ConnectionError(`${connection.url} could not be reached.`, { cause: error });
  } finally {
    connection.timers.clearTimeout(timer);
  }
}

/** Sends a call once; gives the answer when its head has come. Errors: those of fetch. */
export function send(
  { url, authorization, headers: always, fetch: fetchNow }: Connection,
  { method, path, query = {}, body, idempotencyKey, ifMatch, headers }: Ask,
  signal: AbortSignal,
): Promise<Response> {
  const asked = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)]));
  return fetchNow(`${url}${path}${asked.length > 0 ? `?${search.toString()}` : ''}`, {
    method,
    headers: {
      ...always,
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      ...(ifMatch === undefined ? {} : { 'If-Match': `"${ifMatch}"` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // An answer from a cache says nothing about now.
    cache: 'no-store',
    // Neither the credential nor a body with secrets goes where somebody else says.
    redirect: 'manual',
    signal,
  });
}

/** The error for an answer that refuses. Errors: those of fetch, if it does not arrive whole. */
export async function refusalOf(response: Response): Promise<HoldfastError> {
  if (isRedirect(response)) return new UnexpectedAnswerError(response.status, leadingTo(response));
  const body = parsed(await textOf(response));
  return errorOf(response.status, body, retryAfterIn(response.headers));
}

/** A browser tells neither the status of a redirect, nor where it leads. */
function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 300 && status < 400);
}

function leadingTo({ headers, url }: Response): string {
  const location = headers.get('Location') ?? '';
  // Without a query, which may hold anything.
  const where = URL.canParse(location, url) ? new URL(location, url) : null;
  const place = where ? `to ${where.origin}${where.pathname}` : 'elsewhere';
  return `it leads ${place}, and no redirect is followed`;
}

/**
 * The JSON of an answer, or the text of a picture. Errors: `UnexpectedAnswerError` for a page, or JSON
 * that is none.
 */
function bodyIn({ status, headers }: Response, text: string): unknown {
  const type = headers.get('Content-Type') ?? '';
  if (type.startsWith('image/')) return text;
  const body = parsed(text);
  if (body === undefined && text !== '' && /html|json/i.test(type))
    throw new UnexpectedAnswerError(status);
  return body;
}

/** JSON; undefined for an empty body and for anything else. */
function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** Repeating a call must not make it take effect twice. */
function mayRetry({ method, idempotencyKey }: Ask, error: Error): boolean {
  const status = statusOf(error);
  // Refused before anything was done.
  if (status === 429) return true;
  const isSafe = method === 'GET' || method === 'DELETE' || idempotencyKey !== undefined;
  return isSafe && (error instanceof ConnectionError || [502, 503, 504].includes(status ?? 0));
}

function statusOf(error: Error): number | undefined {
  return (error as { status?: number }).status;
}

function retryAfterOf(error: Error): number | undefined {
  return error instanceof ProblemError ? error.retryAfter : undefined;
}

/** Retry-After in ms; undefined if it is missing or a date. */
export function retryAfterIn(headers: Headers): number | undefined {
  const seconds = headers.get('Retry-After');
  return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** A new idempotency key. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
