import type { Reservation } from './api';
import { sleep } from './clock';
import { filledPath } from './paths';
import {
  call,
  LONGEST_OBEYED,
  pauseAfter,
  retryAfterIn,
  type Ask,
  type Connection,
  type Reply,
} from './transport';
import { waitingOf, type Waiting } from './waiting';

/** How to wait for a reservation that was asked for. */
export interface ServedOptions {
  /** Gives up waiting; the request stays as it is. */
  signal?: AbortSignal;
  /** Hears when the request begins to wait, and of every change that is seen. */
  onWaiting?: (waiting: Waiting) => void;
}

type Answer = Reply<Reservation>;

/** How long the server holds an answer, in seconds; position and reasons are as old as that. */
const HELD = 20;
/** An answer that comes sooner than this, in ms, was not held: all places for that are taken. */
const SOON = (HELD * 1000) / 2;

/**
 * Asks for a reservation until it neither queues nor is being prepared; gives the answer, also if it
 * has ended by then. `first`: an answer that was had already. `retryFor` as in `Ask`. Errors: the
 * reason of the signal; those of any call.
 */
export async function untilServed(
  connection: Connection,
  id: string,
  { signal, onWaiting }: ServedOptions,
  { first, retryFor }: { first?: Answer; retryFor?: number } = {},
): Promise<Answer> {
  const ask: Ask = { method: 'GET', path: pathOf(id), signal, retryFor };
  let answer = first;
  let seen = '';
  for (let wait: number | undefined, soon = 0; !answer || waitingOf(answer.body); wait = HELD) {
    if (answer && soon > 0) await pauseBefore(connection, answer, soon, signal);
    answer = (await call(connection, { ...ask, query: { wait } })) as Answer;
    const waiting = waitingOf(answer.body);
    const told = JSON.stringify(waiting);
    if (waiting && told !== seen) onWaiting?.(waiting);
    seen = told;
    const wasHeld = wait === undefined || connection.clock() - answer.sentAt >= SOON;
    soon = wasHeld ? 0 : soon + 1;
  }
  return answer;
}

/** The path of a reservation. Errors: `InvalidError` for an id that no path can hold. */
export function pathOf(id: string): string {
  return filledPath('/v1/reservations/{id}', [id]);
}

/** A server that holds no answers is asked seldom: it answers at once, and would be asked at once. */
function pauseBefore(
  connection: Connection,
  { headers }: Answer,
  soon: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const asked = Math.min(retryAfterIn(headers) ?? 0, LONGEST_OBEYED);
  return sleep(connection.timers, Math.max(asked, pauseAfter(connection, soon)), signal);
}
