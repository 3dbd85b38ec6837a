import type { BorrowOptions, Holdfast, Loan, Lost, Waiting } from '../client';

/** A request of a session, from the call that made it to its release. */
export class Borrowing {
  /** Why it waits, as it was heard last; null: nothing was heard. */
  waiting: Waiting | null = null;
  /** The loan that came of it; null: none yet. */
  loan: Loan | null = null;
  lost: Lost | null = null;
  /** The reason why it was never served. */
  failure: { error: unknown } | null = null;
  /** Resolves once it is served, or never will be. */
  readonly settled: Promise<void>;
  private readonly end = new AbortController();
  private readonly listeners = new Set<() => void>();
  private readonly uses = new Set<Promise<unknown>>();

  constructor(holdfast: Holdfast, options: BorrowOptions) {
    const { signal } = this.end;
    const heard = (waiting: Waiting) => {
      this.waiting = waiting;
      for (const listener of this.listeners) listener();
    };
    this.settled = borrowed(holdfast, { ...options, signal, onWaiting: heard }).then(
      (loan) => this.served(loan),
      (error: unknown) => {
        this.failure = { error };
      },
    );
  }

  /** The id of the reservation; null until the server has told it. */
  get id(): string | null {
    return this.loan?.id ?? this.waiting?.id ?? null;
  }

  /** Calls `listener` whenever the reason to wait changes; gives how to stop. */
  onWaiting(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Does something with what is held; `work` gets a signal that aborts when it is given back, which
   * waits for its end. Errors: those of `work`.
   */
  async use<T>(work: (stopping: AbortSignal) => Promise<T>): Promise<T> {
    const done = work(this.end.signal);
    this.uses.add(done);
    try {
      return await done;
    } finally {
      this.uses.delete(done);
    }
  }

  /** Gives it back, or leaves the queue. Errors: `ConnectionError`; then it ends without heartbeats. */
  async release(): Promise<void> {
    this.end.abort(new Error('The request was given up.'));
    await this.settled;
    // Somebody else may have it at once: nothing may be at work with it any more.
    await Promise.allSettled(this.uses);
    await this.loan?.release();
  }

  private async served(loan: Loan): Promise<void> {
    this.loan = loan;
    void loan.lost.then((lost) => (this.lost = lost));
    // It was given up while the last answer was on its way.
    if (this.end.signal.aborted) await loan.release().catch(() => undefined);
  }
}

/** The same as `borrow`; where the pools ask for more frequent heartbeats, as they ask. */
async function borrowed(holdfast: Holdfast, options: BorrowOptions): Promise<Loan> {
  const { heartbeat, ...rest } = options;
  if (heartbeat === undefined) return holdfast.borrow(rest);
  try {
    return await holdfast.borrow(options);
  } catch (error) {
    const { code, field } = error as { code?: string; field?: string };
    if (code !== 'over_maximum' || field !== 'heartbeatSeconds') throw error;
    return holdfast.borrow(rest);
  }
}
