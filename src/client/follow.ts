import type { Event, Operation, QueryOf } from './api';
import { sleep } from './clock';
import { ConnectionError, ProblemError, UnexpectedAnswerError } from './errors';
import { messagesOf } from './event-stream';
import { call, pauseAfter, refusalOf, send, type Ask, type Connection } from './transport';

type EventQuery = QueryOf<Operation<'get', '/v1/events'>>;

/** The events to follow; from now on, unless `since` or `after` says from when. */
export interface FollowOptions extends Omit<
  EventQuery,
  'limit' | 'cursor' | 'order' | 'format' | 'until'
> {
  /** The number (`seq`) of the last event that was seen. */
  after?: number;
  signal?: AbortSignal;
}

const path = '/v1/events';
/** The server writes something each 15 s; after this silence, in ms, the stream is taken for dead. */
const SILENCE = 45_000;

/**
 * Gives every event as it happens, without gaps: a stream that breaks is taken up where it broke,
 * for as long as the server refuses nothing. Ends with the reason of the signal once that aborts.
 */
export async function* follow(
  connection: Connection,
  { after, signal, ...query }: FollowOptions,
): AsyncGenerator<Event, void, undefined> {
  let last = after ?? (query.since === undefined ? await newest(connection, signal) : undefined);
  for (let failures = 0; ; failures++) {
    try {
      for await (const event of eventsOf(connection, query, last, signal)) {
        failures = 0;
        if (event === null) continue;
        last = event.seq;
        yield event;
      }
    } catch (error) {
      if (signal?.aborted) throw signal.reason;
      if (!isPassing(error)) throw error;
    }
    await sleep(connection.timers, pauseAfter(connection, failures), signal);
  }
}

/** The number of the newest event that the caller may see; 0 before the first. */
async function newest(connection: Connection, signal?: AbortSignal): Promise<number> {
  const ask: Ask = { method: 'GET', path, query: { limit: 1 }, signal };
  const { items } = (await call(connection, ask)).body as { items: Event[] };
  return items[0]?.seq ?? 0;
}

/**
 * Gives the events of one stream until it breaks; null for each sign of life, the first once it is
 * open. `last`: the number of the event after which to begin; undefined: the next one.
 */
export async function* eventsOf(
  connection: Connection,
  query: Readonly<Record<string, unknown>>,
  last: number | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event | null, void, undefined> {
  const { timers } = connection;
  const end = new AbortController();
  const silent = () => end.abort(new ConnectionError('The stream of events fell silent.'));
  let timer = timers.setTimeout(silent, SILENCE);
  const headers = {
    Accept: 'text/event-stream',
    ...(last === undefined ? {} : { 'Last-Event-ID': String(last) }),
  };
  try {
    const until = signal ? AbortSignal.any([signal, end.signal]) : end.signal;
    const response = await send(connection, { method: 'GET', path, query, headers }, until);
    if (!response.ok) throw await refusalOf(response);
    for await (const { data } of messagesOf(response.body!)) {
      timers.clearTimeout(timer);
      timer = timers.setTimeout(silent, SILENCE);
      yield data === '' ? null : (JSON.parse(data) as Event);
    }
  } finally {
    timers.clearTimeout(timer);
    end.abort();
  }
}

/** May the same stream be had later? A refusal that names the caller or the query stays. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ProblemError || error instanceof UnexpectedAnswerError)
    return error.status === 429 || error.status >= 500;
  return true;
}
