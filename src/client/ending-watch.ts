import type { Reservation } from './api';
import { sleep } from './clock';
import { eventsOf } from './follow';
import type { EndWatcher, Watch } from './loan';
import { isPassing } from './streams';
import { pauseAfter, type Connection } from './transport';

/**
 * Follows the ends of reservations by one stream of events, as long as any loan is held. It only
 * makes things faster: every loan also sends heartbeats.
 */
export function endingWatch(connection: Connection): Watch {
  const watchers = new Map<string, EndWatcher>();
  let end: AbortController | undefined;
  return (id, told) => {
    watchers.set(id, told);
    if (!end) {
      end = new AbortController();
      void watch(connection, watchers, end.signal).catch(() => {});
    }
    return () => {
      watchers.delete(id);
      if (watchers.size > 0) return;
      end?.abort();
      end = undefined;
    };
  };
}

async function watch(
  connection: Connection,
  watchers: ReadonlyMap<string, EndWatcher>,
  signal: AbortSignal,
): Promise<void> {
  const query = { type: 'reservation.ended' };
  for (let failures = 0; ; failures++) {
    let isOpen = false;
    try {
      for await (const event of eventsOf(connection, query, undefined, signal)) {
        // An end from before the stream was open is not in it.
        if (!isOpen) for (const { recheck } of watchers.values()) recheck();
        isOpen = true;
        failures = 0;
        if (!event) continue;
        const { reason, detail } = event.data as {
          reason?: Reservation['endReason'];
          detail?: string | null;
        };
        watchers.get(event.reservation ?? '')?.ended(reason ?? null, detail ?? null);
      }
    } catch (error) {
      if (signal.aborted || !isPassing(error)) return;
    }
    await sleep(connection.timers, pauseAfter(connection, failures), signal);
  }
}
