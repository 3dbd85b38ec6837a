import type { EventFilter, FoundEvent } from '../../store/reads';
import type { Engine } from '../engine';
import { Listener, type Told } from './listener';

/** The most events read at once. */
const BATCH = 500;

export const TIMING = {
  /** How long nothing may be said before a beat, in ms. */
  beat: 15_000,
  /** How long a listener that was cut may take to read why, in ms. */
  farewell: 10_000,
};

/** The news for a listener, and a signal that aborts when it does not even read that it was cut. */
export interface Following {
  told: AsyncGenerator<Told[]>;
  lost: AbortSignal;
}

/**
 * Follows the events for any number of listeners. One reader for all of them reads each event once,
 * whichever process wrote it; a listener costs a query only until it has caught up.
 */
export class EventFeed {
  private readonly listeners = new Set<Listener>();
  private lastSeq = 0;
  private stopListening: (() => void) | null = null;
  private looking: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly engine: Engine,
    readonly timing = { ...TIMING },
  ) {}

  /**
   * Follows the events that a filter wants after the number `after`, or from now on if it is null.
   * `watched`: a user whose changes are told as `recheck`. Ends when the signal aborts, and when the
   * listener reads too slowly (`MOST_BEHIND` in listener.ts).
   */
  follow(
    filter: EventFilter,
    after: number | null,
    watched: string,
    signal: AbortSignal,
  ): Following {
    const lost = new AbortController();
    const listener = new Listener(filter, watched, this.timing, () => lost.abort());
    return { told: this.tell(listener, filter, after, signal), lost: lost.signal };
  }

  private async *tell(
    listener: Listener,
    filter: EventFilter,
    after: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<Told[]> {
    await this.look();
    let position = after ?? this.lastSeq;
    const { read } = this.engine.store;
    while (position < this.lastSeq && !signal.aborted) {
      const upTo = this.lastSeq;
      const { found, next } = await read.events(filter, {
        after: position,
        limit: BATCH,
        order: 'asc',
      });
      position = next ?? Math.max(upTo, found.at(-1)?.seq ?? 0);
      if (found.length > 0) yield ['recheck', ...found.map((event) => ({ event }))];
      // Others may have had no listener meanwhile, and read nothing.
      if (position >= this.lastSeq) await this.look();
    }
    this.add(listener, position);
    try {
      // A change while it caught up was told to nobody.
      yield ['recheck'];
      yield* listener.told(signal);
    } finally {
      this.remove(listener);
    }
  }

  /** Without a pause since the listener has caught up, so that no event falls between. */
  private add(listener: Listener, position: number): void {
    listener.position = position;
    this.listeners.add(listener);
    this.stopListening ??= this.engine.store.onChange(() => void this.look());
  }

  private remove(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    this.stopListening?.();
    this.stopListening = null;
  }

  /** Reads on, and once more if there may be news since it began. */
  private look(): Promise<void> {
    this.again = this.looking !== null;
    this.looking ??= this.readOn().finally(() => (this.looking = null));
    return this.looking;
  }

  private async readOn(): Promise<void> {
    try {
      do {
        this.again = false;
        await this.readAll();
      } while (this.again);
    } catch {
      // The next change, or the next beat of a listener, reads on from the same event.
    }
  }

  private async readAll(): Promise<void> {
    const { read } = this.engine.store;
    if (this.listeners.size === 0) {
      this.lastSeq = await read.lastSeq();
      return;
    }
    for (let next: number | null = this.lastSeq; next !== null;) {
      const page: { found: FoundEvent[]; next: number | null } = await read.events(
        {},
        { after: this.lastSeq, limit: BATCH, order: 'asc' },
      );
      for (const event of page.found) for (const each of this.listeners) each.offer(event);
      this.lastSeq = page.found.at(-1)?.seq ?? this.lastSeq;
      next = page.next;
    }
  }
}
