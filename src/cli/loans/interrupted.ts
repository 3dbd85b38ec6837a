/** Signals that a supervisor or a terminal may send to us for the command that we run. */
const TAKEN = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** Those by which somebody gives up. */
const ENDING: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];

/** Somebody gave up by a signal, before anything ran. */
export class Interrupted extends Error {
  constructor(readonly signal: NodeJS.Signals) {
    super(`Given up (${signal}).`);
    this.name = 'Interrupted';
  }
}

type Taker = (signal: NodeJS.Signals) => void;

/**
 * Takes the signals that we get, from its making to its end without a gap: one that came in between
 * would end us and leave a loan behind. It passes each on to one taker, in later turns of the event
 * loop only.
 */
export class Signals implements Disposable {
  private taker: Taker = () => undefined;
  private readonly listeners = TAKEN.map((name) => [name, () => this.taker(name)] as const);

  constructor() {
    for (const [name, listener] of this.listeners) process.on(name, listener);
  }

  /** From now on, `taker` hears of each signal. */
  passTo(taker: Taker): void {
    this.taker = taker;
  }

  /** From now on, signals have no effect. */
  ignore(): void {
    this.taker = () => undefined;
  }

  [Symbol.dispose](): void {
    for (const [name, listener] of this.listeners) process.off(name, listener);
  }
}

/**
 * Runs `work`; a signal by which somebody gives up aborts the one that it gets, with an `Interrupted`
 * as the reason, so that work can be undone in order. Errors: those of `work`.
 */
export async function interruptible<T>(
  signals: Signals,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const given = new AbortController();
  signals.passTo((name) => {
    if (ENDING.includes(name)) given.abort(new Interrupted(name));
  });
  return work(given.signal);
}
