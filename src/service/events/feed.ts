import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import type { EventFilter, FoundEvent } from '../../store/reads';
import type { Engine } from '../engine';
import { restAfter, tellAll, type Following, type InboxTiming } from './inbox';
import { Listener, type News, type Told } from './listener';
import { MOST_RECENT, RecentEvents } from './recent-events';

/** The most events read at once: for all, and for one listener who comes back after a while. */
const BATCH = MOST_RECENT;
const PAGE = 100;

export const TIMING: InboxTiming = { beat: 15_000, farewell: 10_000 };

/**
 * Follows the events for any number of listeners. One reader for all of them reads each event once,
 * whichever process wrote it, and keeps the last ones: a listener costs queries only while it is
 * further behind than these.
 */
export class EventFeed {
  private readonly listeners = new Set<Listener>();
  /** Listeners, and those who are about to be. */
  private streams = 0;
  private recent = RecentEvents.none;
  /** Resolves when the reader has begun; null: nobody listens. */
  private begun: Promise<void> | null = null;
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
  ): Following<News> {
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
    try {
      await this.enter();
      const newest = await this.engine.store.read.lastSeq();
      // A number from before a restore may be ahead of all events.
      listener.position = Math.min(after ?? newest, newest);
      yield [{ upTo: listener.position }];
      while (listener.position < this.recent.after && !signal.aborted)
        yield* this.older(listener, filter);
      // Without a pause since it has caught up, so that no event falls between.
      this.listeners.add(listener);
      listener.offer(this.recent.events);
      // A change while it caught up was told to nobody.
      yield ['recheck'];
      yield* listener.told(signal);
    } finally {
      this.leave(listener);
    }
  }

  /** Reads a page for one listener of what is older than the recent events. */
  private async *older(listener: Listener, filter: EventFilter): AsyncGenerator<Told[]> {
    const { upTo } = this.recent;
    const page = { after: listener.position, limit: PAGE, order: 'asc' } as const;
    const { found, next } = await this.engine.store.read.events(filter, page);
    listener.position = next ?? Math.max(upTo, found.at(-1)?.seq ?? 0);
    if (found.length > 0) yield ['recheck', ...found];
    // A filter that wants little may lead through millions of events.
    await turn();
  }

  /** The first one has the reader begin; resolves when it has. */
  private enter(): Promise<void> {
    this.streams += 1;
    this.begun ??= this.begin();
    return this.begun;
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    this.streams -= 1;
    if (this.streams > 0) return;
    this.stopListening?.();
    [this.stopListening, this.begun] = [null, null];
  }

  /** Listens before it reads, so that no commit falls between. */
  private async begin(): Promise<void> {
    this.stopListening = this.engine.store.onChange(() => void this.look());
    const page = { after: null, limit: BATCH, order: 'desc' } as const;
    const { found, next } = await this.engine.store.read.events({}, page);
    this.recent = RecentEvents.of(found.reverse(), next === null);
  }

  /** Reads on, and once more if there may be news since it began. */
  private async look(): Promise<void> {
    this.again = true;
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.again && this.begun) {
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
    await this.begun;
    for (let hasMore = true; hasMore;) {
      const page = { after: this.recent.upTo, limit: BATCH, order: 'asc' } as const;
      const { found, next } = await this.engine.store.read.events({}, page);
      this.recent = this.recent.with(found);
      await this.offer(found);
      hasMore = next !== null;
    }
  }

  private async offer(found: readonly FoundEvent[]): Promise<void> {
    if (found.length > 0) await tellAll(this.listeners, (each) => each.offer(found));
  }
}

async function rested(took: number): Promise<void> {
  const ms = restAfter(took);
  if (ms >= 1) await pause(ms, undefined, { ref: false });
}
