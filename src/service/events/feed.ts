import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { EventFilter, FoundEvent } from '../../store/reads';
import type { Engine } from '../engine';
import { Listener, type Told } from './listener';

/** The most events read at once. */
const BATCH = 500;
/** How many listeners are told before other work of the thread gets its turn. */
const SLICE = 25;
/**
 * How long the reader rests after it has told everybody, in times of what that took, and at most, in
 * ms. Meanwhile events gather, so that a listener gets them in one piece: many listeners take a part
 * of the thread and no more.
 */
const REST = 2;
const LONGEST_REST = 250;

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
  /** The number of the last event that was offered to all listeners. */
  private lastSeq = 0;
  private stopListening: (() => void) | null = null;
  private looking = false;
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
    const { read } = this.engine.store;
    let newest = await read.lastSeq();
    // A number from before a restore may be ahead of all events.
    let position = Math.min(after ?? newest, newest);
    yield [{ upTo: position }];
    for (newest = await read.lastSeq(); this.isBehind(position, newest) && !signal.aborted;) {
      const page = { after: position, limit: BATCH, order: 'asc' } as const;
      const { found, next } = await read.events(filter, page);
      position = next ?? Math.max(newest, found.at(-1)?.seq ?? 0);
      if (found.length > 0) yield ['recheck', ...found.map((event) => ({ event }))];
      // A filter that wants little may lead through millions of events.
      await turn();
      newest = await read.lastSeq();
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

  /** Is there more than a listener has been told, or than the reader will still offer it? */
  private isBehind(position: number, newest: number): boolean {
    return position < newest || (this.listeners.size > 0 && position < this.lastSeq);
  }

  /** Without a pause since the listener has caught up, so that no event falls between. */
  private add(listener: Listener, position: number): void {
    listener.position = position;
    this.listeners.add(listener);
    if (this.stopListening) return;
    this.lastSeq = position;
    this.stopListening = this.engine.store.onChange(() => void this.look());
    // A commit since it caught up may have been told before anybody listened.
    void this.look();
  }

  private remove(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size > 0) return;
    this.stopListening?.();
    this.stopListening = null;
  }

  /** Reads on, and once more if there may be news since it began. */
  private async look(): Promise<void> {
    this.again = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.again && this.listeners.size > 0) {
        this.again = false;
        const begun = performance.now();
        await this.readAll();
        await rested(performance.now() - begun);
      }
    } catch {
      // The next change reads on from the same event.
    } finally {
      this.looking = false;
    }
  }

  private async readAll(): Promise<void> {
    const { read } = this.engine.store;
    for (let hasMore = true; hasMore;) {
      const page = { after: this.lastSeq, limit: BATCH, order: 'asc' } as const;
      const { found, next } = await read.events({}, page);
      await this.offer(found);
      this.lastSeq = Math.max(this.lastSeq, found.at(-1)?.seq ?? 0);
      hasMore = next !== null;
    }
  }

  /** Also to those who come while others are told, after the last of whom it does not pause. */
  private async offer(found: readonly FoundEvent[]): Promise<void> {
    let count = 0;
    for (const each of found.length > 0 ? this.listeners : []) {
      if (count > 0 && count % SLICE === 0) await turn();
      each.offer(found);
      count += 1;
    }
  }
}

async function rested(took: number): Promise<void> {
  const ms = Math.min(LONGEST_REST, REST * took);
  if (ms >= 1) await pause(ms, undefined, { ref: false });
}
