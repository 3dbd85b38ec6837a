import type { Event, Operation, QueryOf } from './api';
import { messagesFrom, opened } from './streams';
import { call, type Ask, type Connection } from './transport';

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

/**
 * Gives every event as it happens, without gaps: a stream that breaks is taken up where it broke,
 * for as long as the server refuses nothing. Ends with the reason of the signal once that aborts.
 */
export async function* follow(
  connection: Connection,
  { after, signal, ...query }: FollowOptions,
): AsyncGenerator<Event, void, undefined> {
  let last = after ?? (query.since === undefined ? await newest(connection, signal) : undefined);
  const open = () => eventsOf(connection, query, last, signal);
  for await (const event of opened(connection, open, signal)) {
    last = event.seq;
    yield event;
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
  const headers: Record<string, string> =
    last === undefined ? {} : { 'Last-Event-ID': String(last) };
  for await (const { data } of messagesFrom(connection, { path, query, headers, signal }))
    yield data === '' ? null : (JSON.parse(data) as Event);
}
