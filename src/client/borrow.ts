import type { NewReservation, Reservation } from './api';
import { sleep } from './clock';
import { millisecondsOf, secondsOf, type Duration } from './duration';
import { ConnectionError, LeaseOverError, NotServedError, OverMaximumError } from './errors';
import { deadlinesOf } from './lease';
import { Loan, type Watch } from './loan';
import { pathOf, untilServed, type ServedOptions } from './served';
import { call, newKey, type Ask, type Connection, type Reply } from './transport';

/** A wish to borrow: for how long, and how long to wait for it. */
export interface BorrowOptions
  extends
    Omit<NewReservation, 'durationSeconds' | 'heartbeatSeconds' | 'queueTimeoutSeconds'>,
    Pick<ServedOptions, 'onWaiting'> {
  /** How long the lease lasts; null: without an end, where the pools allow it. Default: theirs. */
  for?: Duration | null;
  /** How long to wait in the queue; 0: not at all. Default: until served. */
  wait?: Duration;
  /**
   * After this silence the server takes the loan back, so that nothing stays lent to a process that
   * died. `1m` by default, or less where the pools ask for less; null: only as they ask.
   */
  heartbeat?: Duration | null;
  /** How long before the server `lost` and `signal` fire. Default: a tenth of what is left, 2 s at most. */
  margin?: Duration;
  /** Gives up waiting, and cancels the request. */
  signal?: AbortSignal;
  /** A key of your own, under which the same request is made once. */
  idempotencyKey?: string;
}

type Answer = Reply<Reservation>;

const HEARTBEAT = 60;
/** How long to try to cancel before the caller hears that it gave up, in ms. */
const FAREWELL = 5_000;
/** An older answer says too little about what is left of the lease, in ms. */
const FRESH = 1_000;

/**
 * Borrows: gives the loan once everything is held. Errors: `NotServedError` after `wait` and if the
 * request was refused, `UnavailableNowError` with `wait: 0`, `InvalidDurationError`; the reason of
 * the signal; those of any call. Nothing stays requested then, unless the server cannot be reached.
 */
export async function borrow(
  connection: Connection,
  watch: Watch,
  options: BorrowOptions,
): Promise<Loan> {
  const { signal, margin: written } = options;
  const margin = written === undefined ? undefined : millisecondsOf(written, 'margin');
  const body = requestOf(options);
  signal?.throwIfAborted();
  // Not given up with the signal: until it is answered, nobody knows what to cancel.
  const made = create(connection, body, options);
  try {
    const first = await orAborted(made, signal);
    const served = await allHeld(connection, first, options);
    return new Loan(connection, await freshly(connection, served, margin), margin, watch);
  } catch (error) {
    await inTime(
      connection,
      made.then(({ body: { id } }) => cancel(connection, id)),
    );
    throw error;
  }
}

/** Resolves when it is done, or has failed, or takes too long. */
async function inTime({ timers }: Connection, done: Promise<unknown>): Promise<void> {
  const end = new AbortController();
  const tooLong = sleep(timers, FAREWELL, end.signal).catch(() => {});
  await Promise.race([done.catch(() => {}), tooLong]);
  end.abort();
}

function requestOf(options: BorrowOptions): NewReservation {
  const { for: lasting, wait, heartbeat, margin: _margin, ...given } = options;
  const { signal: _signal, onWaiting: _onWaiting, idempotencyKey: _key, ...rest } = given;
  return {
    ...rest,
    ...(lasting === undefined
      ? {}
      : { durationSeconds: lasting === null ? null : secondsOf(lasting, 'for') }),
    ...(wait === undefined ? {} : { queueTimeoutSeconds: secondsOf(wait, 'wait') }),
    ...(heartbeat === null
      ? {}
      : {
          heartbeatSeconds: heartbeat === undefined ? HEARTBEAT : secondsOf(heartbeat, 'heartbeat'),
        }),
  };
}

/** Makes the request; an answer that got lost is found again by the key. */
async function create(
  connection: Connection,
  body: NewReservation,
  { heartbeat, idempotencyKey = newKey() }: BorrowOptions,
): Promise<Answer> {
  const ask: Ask = { method: 'POST', path: '/v1/reservations', body, idempotencyKey };
  try {
    return (await call(connection, ask)) as Answer;
  } catch (error) {
    const isOurs = error instanceof OverMaximumError && error.field === 'heartbeatSeconds';
    if (!isOurs || heartbeat !== undefined) throw error;
    // These pools ask for heartbeats more often than we do by default.
    const { heartbeatSeconds: _ours, ...rest } = body;
    return (await call(connection, { ...ask, body: rest })) as Answer;
  }
}

/** Waits until everything is held. Errors: `NotServedError`, `LeaseOverError`. */
async function allHeld(
  connection: Connection,
  first: Answer,
  options: BorrowOptions,
): Promise<Answer> {
  // Nothing is at stake in a queue: outlast a restart of the server, however long it takes.
  const how = { first, retryFor: Infinity };
  const answer = await untilServed(connection, first.body.id, options, how);
  if (answer.body.status === 'ended') throw unserved(answer.body);
  return answer;
}

/** An answer that was held says little about the time that is left: asks once more. */
async function freshly(
  connection: Connection,
  served: Answer,
  margin: number | undefined,
): Promise<Answer> {
  if (connection.clock() - served.sentAt < FRESH) return served;
  try {
    const ask: Ask = { method: 'POST', path: `${pathOf(served.body.id)}/heartbeat` };
    const fresh = (await call(connection, { ...ask, idempotencyKey: newKey() })) as Answer;
    return fresh;
  } catch (error) {
    const { heldUntil } = deadlinesOf({ ...served.body, sentAt: served.sentAt }, margin);
    if (error instanceof ConnectionError && connection.clock() < heldUntil) return served;
    throw error;
  }
}

function unserved({ startsAt, endReason, endDetail }: Reservation): Error {
  const detail = endDetail ?? `The request has ended (${endReason}).`;
  const problem = { status: 409, detail, requestId: '' };
  return startsAt === null
    ? new NotServedError({ ...problem, code: 'not_served' })
    : new LeaseOverError({ ...problem, code: 'lease_over' });
}

function cancel(connection: Connection, id: string): Promise<Reply> {
  return call(connection, { method: 'DELETE', path: pathOf(id) });
}

/** The same, or a rejection as soon as the signal aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
