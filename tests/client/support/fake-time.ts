import type { Clock, Timers } from '../../../src/client';

interface Timer {
  at: number;
  run: () => void;
}

/** Lets everything happen that waits for no timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await new Promise(setImmediate);
}

/** A clock and timers that a test moves. */
export class FakeTime {
  now = 5_000;
  private readonly pending = new Set<Timer>();
  readonly clock: Clock = () => this.now;
  readonly timers: Timers = {
    setTimeout: (run, ms) => {
      const timer = { at: this.now + ms, run };
      this.pending.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void this.pending.delete(timer as Timer),
  };

  /** How many timers are set. */
  get timerCount(): number {
    return this.pending.size;
  }

  /** Lets `ms` pass, with each timer at its time. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await settled();
    for (let next = this.next(until); next; next = this.next(until)) {
      this.now = Math.max(this.now, next.at);
      this.pending.delete(next);
      next.run();
      await settled();
    }
    this.now = until;
  }

  /** The machine sleeps for `ms`: time passes, nothing runs, and timers are late by that. */
  sleep(ms: number): void {
    this.now += ms;
    for (const timer of this.pending) timer.at += ms;
  }

  private next(until: number): Timer | undefined {
    return [...this.pending].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
