import type { Engine } from '../engine';

/** Events looked at in one go. */
const BATCH = 500;

/**
 * Callers who hold the line until their reservation changes. Wakes them from the events, whoever
 * wrote those.
 */
export class Waiting {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private seen: number | null = null;
  private stopListening: (() => void) | null = null;
  private looking = false;
  private again = false;

  constructor(private readonly engine: Engine) {}

  /** Begins to follow the events. */
  async start(): Promise<void> {
    this.seen = await this.engine.store.read.lastSeq();
    this.stopListening = this.engine.store.onChange(() => void this.look());
  }

  /**
   * Resolves when `done` is true, looked at whenever something happened to the reservation, or
   * after `timeout` ms, or when the server stops or the signal aborts. Never rejects unless `done`
   * does.
   */
  async until(
    reservationId: string,
    done: () => Promise<boolean>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    const deadline = performance.now() + timeout;
    for (;;) {
      // Asleep before looking: what happens in between wakes us.
      const sleep = this.sleep(reservationId, Math.max(0, deadline - performance.now()), signal);
      if ((await done()) || performance.now() >= deadline || signal.aborted || !this.stopListening)
        return sleep.wake();
      await sleep.ended;
    }
  }

  /** Answers all who wait. */
  stop(): void {
    this.stopListening?.();
    this.stopListening = null;
    for (const wakes of this.sleepers.values()) for (const wake of wakes) wake();
  }

  private sleep(
    reservationId: string,
    ms: number,
    signal: AbortSignal,
  ): { ended: Promise<void>; wake: () => void } {
    const wakes = this.sleepers.get(reservationId) ?? new Set();
    this.sleepers.set(reservationId, wakes);
    let wake = () => {};
    const ended = new Promise<void>((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        wakes.delete(wake);
        if (wakes.size === 0) this.sleepers.delete(reservationId);
        resolve();
      };
      wakes.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
    return { ended, wake: () => wake() };
  }

  private async look(): Promise<void> {
    if (this.looking) {
      this.again = true;
      return;
    }
    this.looking = true;
    try {
      do {
        this.again = false;
        await this.readOn();
      } while (this.again);
    } catch {
      // The next change looks again, from the same event on; a sleeper's time-out bounds the wait.
    } finally {
      this.looking = false;
    }
  }

  private async readOn(): Promise<void> {
    const { read } = this.engine.store;
    if (this.sleepers.size === 0) {
      this.seen = await read.lastSeq();
      return;
    }
    for (;;) {
      const events = await read.eventsAfter(this.seen!, BATCH);
      for (const { reservationId, type } of events) {
        if (reservationId && type.startsWith('reservation.'))
          this.sleepers.get(reservationId)?.forEach((wake) => wake());
      }
      if (events.length > 0) this.seen = events[events.length - 1]!.seq;
      if (events.length < BATCH) return;
    }
  }
}
