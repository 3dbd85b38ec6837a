import { BroadcastChannel } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { CONCERN, EVERYBODY, UNNAMED, type Concern } from '../concerns';

/**
 * Notifies listeners of this thread of commits. Own commits are reported at once; others are
 * noticed through `PRAGMA data_version`, which changes with every commit of another connection in
 * any process, and costs about a microsecond to read. Threads of one process also hint each other
 * to look right away; a lost hint costs one period. A hint names the commit's concerns
 * (`concerns.ts`); listeners that have others notice the commit a period later. A watch without listeners
 * sends hints but takes none, because each would wake its thread for nothing.
 */
export class ChangeWatch {
  /** The concerns of each listener. */
  private readonly listeners = new Map<() => void, number>();
  private readonly version: () => number;
  private readonly rowsChanged: () => number;
  private rowsSeen: number;
  private timer: NodeJS.Timeout | null = null;
  private readonly hints: BroadcastChannel | null;
  private last: number;
  /** The concerns of own commits that have not been told yet; null if all have been. */
  private untold: number | null = null;
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
    this.hints.onmessage = ({ data }: { data: unknown }) => {
      hinted?.();
      // The next look at the version tells the others, and may tell these once more.
      this.tell(data as number);
    };
  }

  /**
   * Adds a listener; returns a function that removes it. The database is polled while there is at
   * least one listener.
   */
  add(listener: () => void, concern?: Concern): () => void {
    this.listeners.set(listener, concern ? CONCERN[concern] : UNNAMED);
    this.timer ??= setInterval(() => this.look(), this.everyMs);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.rest();
    };
  }

  /**
   * Reports a commit of this connection with its concerns. If it changed nothing, nobody is
   * woken.
   */
  committed(named: number): void {
    const concerns = named | UNNAMED;
    const rows = this.rowsChanged();
    if (rows === this.rowsSeen) return;
    this.rowsSeen = rows;
    this.hint(concerns);
    if (this.untold !== null) {
      this.untold |= concerns;
      return;
    }
    this.untold = concerns;
    setImmediate(() => {
      const untold = this.untold!;
      this.untold = null;
      if (!this.closed) this.tell(untold);
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

  /** An open channel would collect the messages of others. */
  private hint(concerns: number): void {
    const channel = this.hints ?? this.channel();
    channel.postMessage(concerns);
    if (channel !== this.hints) channel.close();
  }

  private rest(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
  }

  private look(): void {
    if (this.listeners.size === 0) return;
    let version: number;
    try {
      version = this.version();
    } catch {
      // The database cannot be read now; the next look tells.
      return;
    }
    if (version === this.last) return;
    this.last = version;
    this.tell(EVERYBODY);
  }

  private tell(concerns: number): void {
    for (const [listener, own] of this.listeners) if ((own & concerns) > 0) listener();
  }
}
