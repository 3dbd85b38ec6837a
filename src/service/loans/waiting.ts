import type { Engine } from '../engine';
import { mayEndAWait } from '../../domain/event';
import type { Reservation } from '../../domain/loans/reservation';
import { isPending } from './views';

/** The most events read at once. */
const BATCH = 500;

/**
 * Callers whose answers are held until their reservation changes. Events wake them, whichever
 * process wrote the change.
 */
export class Waiting {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private lastSeq: number | null = null;
  private stopListening: (() => void) | null = null;
  private looking = false;
  private again = false;
  private readonly stopping = new AbortController();

  constructor(private readonly engine: Engine) {}

  /** Starts to follow the events. */
  async start(): Promise<void> {
    this.lastSeq = await this.engine.store.read.lastSeq();
    this.stopListening = this.engine.store.onChange(() => void this.look(), 'reservations');
  }

  /**
   * Resolves when `done` is true, after `timeout` ms, when the server stops or when the signal
   * aborts. Checks `done` again after each change of the reservation; rejects only if `done` does.
   */
  async until(
    reservationId: string,
    done: () => Promise<boolean>,
    timeout: number,
    signal: AbortSignal,
  ): Promise<void> {
    const deadline = performance.now() + timeout;
    for (;;) {
      // Go to sleep before checking, so that a change in between wakes this caller.
      const sleep = this.sleep(reservationId, Math.max(0, deadline - performance.now()), signal);
      if ((await done()) || performance.now() >= deadline || signal.aborted || !this.stopListening)
        return sleep.wake();
      await sleep.ended;
    }
  }

  /**
   * Waits until a reservation is neither queued nor preparing, otherwise as `until`; gives it as it
   * was then, null if it does not exist.
   */
  async untilServed(
    reservationId: string,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Reservation | null> {
    let found: Reservation | null = null;
    const served = async () => {
      found = await this.engine.store.read.reservation(reservationId);
      return found === null || !isPending(found);
    };
    await this.until(reservationId, served, timeout, signal);
    return found;
  }

  /** A signal that aborts when this one does, or when held answers are to be released. */
  orStopping(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.stopping.signal]);
  }

  /** Releases every held answer. */
  stop(): void {
    this.stopping.abort();
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
      // The next change retries from the same event; each sleeper's timeout bounds its wait.
    } finally {
      this.looking = false;
    }
  }

  private async readOn(): Promise<void> {
    const { read } = this.engine.store;
    if (this.sleepers.size === 0) {
      this.lastSeq = await read.lastSeq();
      return;
    }
    for (;;) {
      const events = await read.eventNamesAfter(this.lastSeq!, BATCH);
      for (const { reservationId, type } of events)
        if (reservationId && mayEndAWait(type))
          this.sleepers.get(reservationId)?.forEach((wake) => wake());
      if (events.length > 0) this.lastSeq = events[events.length - 1]!.seq;
      if (events.length < BATCH) return;
    }
  }
}
