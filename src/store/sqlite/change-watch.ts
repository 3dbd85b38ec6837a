import { BroadcastChannel } from 'node:worker_threads';
import type Database from 'better-sqlite3';

/**
 * Tells listeners of this thread when anybody has committed. Own commits are told at once; others'
 * are seen by `PRAGMA data_version`, which changes with every commit of another connection, in
 * whatever process. It costs about a microsecond. Threads of one process also hint each other to
 * look now; a lost hint costs one period. Those that nobody waits for hint, and take no hints: each
 * would wake them.
 */
export class ChangeWatch {
  private readonly listeners = new Set<() => void>();
  private readonly version: () => number;
  private readonly rowsChanged: () => number;
  private rowsSeen: number;
  private timer: NodeJS.Timeout | null = null;
  private readonly hints: BroadcastChannel | null;
  private last: number;
  private telling = false;
  private closed = false;

  /**
   * `hinted` is called when another thread of this process has committed, before the listeners are;
   * null: hints are not taken.
   */
  constructor(
    private readonly connection: Database.Database,
    private readonly everyMs: number,
    hinted: (() => void) | null = () => undefined,
  ) {
    const version = connection.prepare<[], number>('PRAGMA data_version').pluck();
    this.version = () => version.get()!;
    this.last = this.version();
    const total = connection.prepare<[], number>('SELECT total_changes()').pluck();
    this.rowsChanged = () => total.get()!;
    this.rowsSeen = this.rowsChanged();
    this.hints = hinted && this.channel();
    this.hints?.unref();
    if (!this.hints) return;
    this.hints.onmessage = () => {
      hinted?.();
      this.look();
    };
  }

  /**
   * Adds a listener; returns how to remove it. Looking at the database begins with the first and
   * ends with the last.
   */
  add(listener: () => void): () => void {
    this.listeners.add(listener);
    this.timer ??= setInterval(() => this.look(), this.everyMs);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.rest();
    };
  }

  /** This connection has committed; where that changed nothing, nobody is woken to look for it. */
  committed(): void {
    const rows = this.rowsChanged();
    if (rows === this.rowsSeen) return;
    this.rowsSeen = rows;
    this.hint();
    if (this.telling) return;
    this.telling = true;
    setImmediate(() => {
      this.telling = false;
      if (!this.closed) this.tell();
    });
  }

  close(): void {
    this.closed = true;
    this.listeners.clear();
    this.rest();
    this.hints?.close();
  }

  private channel(): BroadcastChannel {
    return new BroadcastChannel(`holdfast:${this.connection.name}`);
  }

  /** A channel that stayed open would collect what others say. */
  private hint(): void {
    const channel = this.hints ?? this.channel();
    channel.postMessage(null);
    if (channel !== this.hints) channel.close();
  }

  private rest(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private look(): void {
    if (this.listeners.size === 0) return;
    const version = this.version();
    if (version === this.last) return;
    this.last = version;
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
