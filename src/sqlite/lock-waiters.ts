/**
 * How many connections of this process wait for the database's lock, counted in memory that its
 * threads share. A thread that dies while it waits stays counted, so that others leave the lock to
 * nobody for a moment; the lock itself is SQLite's.
 */
export class LockWaiters {
  private readonly count: Int32Array;

  /** `memory`: of another thread's `LockWaiters`; its own by default. */
  constructor(readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.count = new Int32Array(memory);
  }

  add(by: 1 | -1): void {
    Atomics.add(this.count, 0, by);
  }

  any(): boolean {
    return Atomics.load(this.count, 0) > 0;
  }
}

/** One connection among the waiters: it counts once, however often it says that it waits. */
export class LockWaiter {
  private isWaiting = false;

  constructor(private readonly all: LockWaiters | undefined) {}

  set(isWaiting: boolean): void {
    if (isWaiting === this.isWaiting) return;
    this.isWaiting = isWaiting;
    this.all?.add(isWaiting ? 1 : -1);
  }
}
