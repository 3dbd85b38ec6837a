import type { Event, Overview, PoolOverview } from './api';
import { MOST_TEXT } from './answer-text';
import { messagesFrom, opened } from './streams';
import type { Connection } from './transport';

/** News of the overview: first all pools, then whatever has changed since. */
export type OverviewNews =
  | { type: 'overview'; data: Overview }
  /** A pool that is new, or has changed, as it is now. */
  | { type: 'pool'; data: PoolOverview }
  | { type: 'pool.removed'; data: { id: string; name: string } }
  /** The numbers of reservations, as they are now. */
  | { type: 'counts'; data: Overview['reservations'] }
  /** Types of events without a pool: for admins, and of those about the caller. */
  | { type: 'other'; data: { types: Event['type'][]; seq: number } }
  /** The stream has broken; all pools follow once it is open again. */
  | { type: 'lost' };

/**
 * Gives the overview, and what changes. It connects again for as long as the server refuses nothing,
 * and then gives all pools anew. Ends with the reason of the signal once that aborts.
 */
export function followOverview(
  connection: Connection,
  signal: AbortSignal | undefined,
): AsyncGenerator<OverviewNews, void, undefined> {
  const lost: OverviewNews = { type: 'lost' };
  return opened(connection, () => newsOf(connection, signal), signal, lost);
}

async function* newsOf(
  connection: Connection,
  signal: AbortSignal | undefined,
): AsyncGenerator<OverviewNews | null, void, undefined> {
  const ask = { path: '/v1/overview', signal };
  for await (const { event, data } of messagesFrom(connection, ask, MOST_TEXT))
    yield data === '' ? null : ({ type: event, data: JSON.parse(data) as unknown } as OverviewNews);
}
