import type { LockWaiters } from './lock-waiters';

export interface LockTurnsOptions {
  /**
   * Leaves the lock to others after each transaction for as long as it was held, so that more tasks
   * share the next one; if `waiters` are given, only while any of them waits.
   */
  yields?: boolean;
  /** The connections that wait for the lock, to be counted among. */
  waiters?: LockWaiters | undefined;
}

const BUSY_PAUSE = { least: 1, spread: 4 };
const LONGEST_REST = 20;

/**
 * When one connection tries for the database's lock: in the next turn of the event loop, after a
 * pause if another one has it, or after a rest that leaves it to those who wait.
 */
export class LockTurns {
  /** The earliest start of the next transaction, by `performance.now()`. */
  private restUntil = 0;
  /** The pause before the lock is tried again, or left to others, if there is one. */
  private pause: NodeJS.Timeout | null = null;
  /** Is it counted among the waiters? */
  private isWaiting = false;

  /** `take` tries for the lock, and says by the methods below how that went. */
  constructor(
    private readonly take: () => void,
    private readonly options: LockTurnsOptions,
  ) {}

  /** There is something to do. */
  schedule(): void {
    const rest = Math.round(this.restUntil - performance.now());
    if (rest > 0) this.pauseFor(rest);
    else setImmediate(this.take);
  }

  /** Another connection has the lock. */
  wasRefused(): void {
    this.setWaiting(true);
    this.pauseFor(BUSY_PAUSE.least + Math.random() * BUSY_PAUSE.spread);
  }

  /** The lock is taken, or no longer wanted. */
  stopWaiting(): void {
    this.setWaiting(false);
  }

  /** The lock has been given back after `held` ms. */
  wasHeld(held: number): void {
    const { yields = false, waiters } = this.options;
    if (yields && (waiters?.any() ?? true))
      this.restUntil = performance.now() + Math.min(held, LONGEST_REST);
  }

  /** Ends a pause: the connection that was waited for, or given way to, is done. */
  retry(): void {
    if (this.pause === null) return;
    clearTimeout(this.pause);
    this.pause = null;
    this.take();
  }

  private pauseFor(ms: number): void {
    this.pause = setTimeout(() => this.retry(), ms);
  }

  private setWaiting(isWaiting: boolean): void {
    if (isWaiting === this.isWaiting) return;
    this.isWaiting = isWaiting;
    this.options.waiters?.add(isWaiting ? 1 : -1);
  }
}
