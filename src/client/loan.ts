import type { HeldResource, Reservation } from './api';
import { secondsOf, type Duration } from './duration';
import { ConnectionError, ProblemError } from './errors';
import { deadlinesOf, MARGIN, type Deadlines } from './lease';
import { LoanLostError, LoanReleasedError, type Lost } from './lost';
import { pathOf } from './served';
import { call, newKey, pauseAfter, type Ask, type Connection, type Reply } from './transport';

/** How often the clock is looked at, in ms: after the machine has slept, a timer is late. */
const TICK = 1_000;
/** Codes by which the server says that a lease is over. */
const OVER: readonly string[] = ['lease_over', 'not_found', 'conflict'];
const OVERDUE: Lost = {
  because: 'overdue',
  endReason: null,
  detail: 'The loan may be over: the server was not heard in time.',
};

/** Tells a loan at once that its reservation has ended; gives how to stop. */
export type Watch = (id: string, told: EndWatcher) => () => void;

/** Tells a loan that is watched about its reservation. */
export interface EndWatcher {
  ended: (reason: Reservation['endReason'], detail: string | null) => void;
  /** Something may have been missed: look now. */
  recheck: () => void;
}

/**
 * Resources that are held. Heartbeats are sent by themselves until it is released. While it lasts,
 * its timers keep a process of Node alive.
 *
 * `lost` and `signal` fire before the server can lend the resources to anybody else: by the time
 * that is left since before the last answered call was sent, minus a margin, and so without a
 * network too. An admin who revokes the loan gives no notice: then they fire as soon as the server
 * has said so, within a fraction of a second by the stream of events, or by the next heartbeat (a
 * third of the silence allowed, 30 s at most) where that stream is not to be had.
 */
export class Loan implements AsyncDisposable {
  /** Resolves when the loan is lost; never if it is released first. */
  readonly lost: Promise<Lost>;
  readonly #connection: Connection;
  readonly #margin: number | undefined;
  readonly #end = new AbortController();
  readonly #lose: (lost: Lost) => void;
  readonly #unwatch: () => void;
  #reservation: Reservation;
  #deadlines: Deadlines;
  #beating = false;
  /** Something may have changed since the heartbeat under way was sent. */
  #isDoubtful = false;
  #failures = 0;
  #timer: unknown;
  #givenBack: Promise<void> | undefined;

  /** `reply`: the answer that shows the reservation as active. `margin` as in `deadlinesOf`. */
  constructor(
    connection: Connection,
    { body, sentAt }: Reply<Reservation>,
    margin: number | undefined,
    watch: Watch,
  ) {
    this.#connection = connection;
    this.#margin = margin;
    this.#reservation = body;
    this.#deadlines = deadlinesOf({ ...body, sentAt }, margin);
    const { promise, resolve } = withResolver<Lost>();
    this.lost = promise;
    this.#lose = resolve;
    this.#unwatch = watch(body.id, {
      ended: (endReason, detail) => this.#ended(endReason, detail),
      recheck: () => this.#look(),
    });
    this.#tick();
  }

  /** The id of the reservation. */
  get id(): string {
    return this.#reservation.id;
  }

  /** The reservation as the server showed it last. */
  get reservation(): Reservation {
    return this.#reservation;
  }

  /** The resources, with the credentials for them. */
  get resources(): HeldResource[] {
    return this.#reservation.resources;
  }

  /** When the lease ends, by the clock of the server; null: never. It may be lost before. */
  get expiresAt(): Date | null {
    const { endsAt } = this.#reservation;
    return endsAt === null ? null : new Date(endsAt);
  }

  /** Aborts once the resources must not be used any more: the loan is lost, or released. */
  get signal(): AbortSignal {
    this.#check();
    return this.#end.signal;
  }

  /** May the resources be used now? Right also in the moment in which a machine wakes up. */
  get isHeld(): boolean {
    return !this.signal.aborted;
  }

  /**
   * Moves the end of the lease by a duration, and gives the new one. Errors: `OverMaximumError`,
   * `LoanLostError` and `LoanReleasedError` once it is over, those of any call.
   */
  async extend(by: Duration): Promise<Date | null> {
    const extendSeconds = secondsOf(by, 'extend');
    this.signal.throwIfAborted();
    const ask = { ...this.#ask('PATCH'), body: { extendSeconds }, idempotencyKey: newKey() };
    try {
      this.#adopt((await call(this.#connection, ask)) as Reply<Reservation>);
    } catch (error) {
      if (!this.#isOver(error)) throw error;
    }
    this.signal.throwIfAborted();
    return this.expiresAt;
  }

  /**
   * Gives the resources back; once is enough. A loan that was lost is given back by itself, but not
   * before the margin is over: release it as soon as nothing uses the resources any more. Errors:
   * `ConnectionError` if the server cannot be reached; then the lease ends for want of heartbeats, or
   * at its time.
   */
  release(): Promise<void> {
    return (this.#givenBack ??= this.#giveBack());
  }

  /** Releases. A server that cannot be reached is no error here: the lease ends by itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release().catch((error: unknown) => {
      if (!(error instanceof ConnectionError)) throw error;
    });
  }

  async #giveBack(): Promise<void> {
    this.#stop(new LoanReleasedError());
    await call(this.#connection, this.#ask('DELETE')).catch((error: unknown) => {
      if (!(error instanceof ProblemError && error.code === 'not_found')) throw error;
    });
  }

  /** Looks at the clock, which may have gone on while nothing ran. */
  #check(): void {
    const { clock, timers } = this.#connection;
    if (this.#end.signal.aborted || clock() < this.#deadlines.heldUntil) return;
    this.#fire(OVERDUE);
    // The server may hold it for somebody who has given up. The margin comes first: in that time its
    // user ends whatever uses the resources.
    timers.setTimeout(() => void this.release().catch(() => {}), this.#margin ?? MARGIN);
  }

  #tick(): void {
    this.#check();
    if (this.#end.signal.aborted) return;
    const { clock, timers } = this.#connection;
    const now = clock();
    const { heldUntil, beatAt } = this.#deadlines;
    if (now >= beatAt && !this.#beating) this.#beat();
    const next = Math.min(TICK, heldUntil - now, this.#beating ? TICK : Math.max(0, beatAt - now));
    timers.clearTimeout(this.#timer);
    this.#timer = timers.setTimeout(() => this.#tick(), Math.ceil(Math.max(next, 1)));
  }

  /** Looks at the reservation, which also tells why it ended; after a heartbeat under way. */
  #look(): void {
    if (this.#beating) this.#isDoubtful = true;
    else this.#beat(this.#ask('GET'));
  }

  /** Sends a heartbeat, or looks; one that fails is followed by the next soon. */
  #beat(asked: Ask = this.#ask('POST', '/heartbeat')): void {
    if (this.#beating || this.#end.signal.aborted) return;
    this.#beating = true;
    this.#isDoubtful = false;
    const { clock } = this.#connection;
    const patience = Math.max(1_000, (this.#deadlines.heldUntil - clock()) / 3);
    const ask: Ask = { ...asked, retryFor: 0 };
    void call(this.#connection, { ...ask, patience: Math.min(patience, 15_000) })
      .then((reply) => {
        this.#failures = 0;
        this.#adopt(reply as Reply<Reservation>);
      })
      .catch((error: unknown) => {
        if (this.#isOver(error)) return;
        const pause = pauseAfter(this.#connection, this.#failures++);
        this.#deadlines = { ...this.#deadlines, beatAt: clock() + pause };
      })
      .finally(() => {
        this.#beating = false;
        if (this.#isDoubtful) this.#look();
        this.#tick();
      });
  }

  /** Takes over what an answer says, unless a later one has been seen. */
  #adopt({ body, sentAt }: Reply<Reservation>): void {
    if (Date.parse(body.asOf) < Date.parse(this.#reservation.asOf)) return;
    if (body.status === 'ended') return this.#ended(body.endReason, body.endDetail);
    this.#reservation = body;
    this.#deadlines = deadlinesOf({ ...body, sentAt }, this.#margin);
    this.#check();
  }

  #ended(endReason: Reservation['endReason'], detail: string | null): void {
    const why = endReason === null ? 'ended' : `ended (${endReason})`;
    this.#fire({ because: 'ended', endReason, detail: detail ?? `The loan has ${why}.` });
  }

  /** Fires if an error says that the lease is over. */
  #isOver(error: unknown): boolean {
    if (!(error instanceof ProblemError) || !OVER.includes(error.code)) return false;
    this.#ended(null, error.detail);
    return true;
  }

  #fire(lost: Lost): void {
    if (this.#end.signal.aborted) return;
    this.#lose(lost);
    this.#stop(new LoanLostError(lost));
  }

  #stop(reason: Error): void {
    this.#connection.timers.clearTimeout(this.#timer);
    this.#unwatch();
    this.#end.abort(reason);
  }

  #ask(method: string, below = ''): Ask {
    return { method, path: `${pathOf(this.id)}${below}` };
  }
}

function withResolver<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
