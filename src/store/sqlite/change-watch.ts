import type Database from 'better-sqlite3';

/**
 * Tells listeners of this thread when anybody has committed. Own commits are told at once; others' are seen by
 * `PRAGMA data_version`, which changes with every commit of another connection, in whatever process. It costs
 * about a microsecond, so that looking often is cheaper than any message between threads.
 */
export class ChangeWatch {
  private readonly listeners = new Set<() => void>();
  private readonly version: () => number;
  private timer: NodeJS.Timeout | null = null;
  private last: number;

  constructor(
    connection: Database.Database,
    private readonly everyMs: number,
  ) {
    this.version = () => connection.pragma('data_version', { simple: true }) as number;
    this.last = this.version();
  }

  /** Adds a listener; returns how to remove it. Looking at the database begins with the first and ends with the last. */
  add(listener: () => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.look(), this.everyMs);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  }

  committed(): void {
    if (this.listeners.size > 0) setImmediate(() => this.tell());
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private look(): void {
    const version = this.version();
    if (version === this.last) return;
    this.last = version;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
