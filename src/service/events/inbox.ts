import { setImmediate as turn } from 'node:timers/promises';

/**
 * How long a feed rests after it has told everybody, in times of what that took, and at most, in ms.
 * Meanwhile news gather, so that a reader gets them in one piece: many readers take a part of the
 * thread and no more.
 */
const REST = 2;
const LONGEST_REST = 250;
/** How many readers are told before other work of the thread gets its turn. */
const SLICE = 25;

/**
 * Told to a reader beside the news. `recheck`: their user, a token or a session of theirs may have
 * changed. `beat`: nothing has happened for a while. `slow`: it has read too slowly; nothing follows.
 */
export type Word = 'recheck' | 'beat' | 'slow';

/** The news for a reader, and a signal that aborts when it does not even read that it was cut. */
export interface Following<News> {
  told: AsyncGenerator<(News | Word)[]>;
  lost: AbortSignal;
}

export interface InboxTiming {
  /** How long nothing may be said before a beat, in ms. */
  beat: number;
  /** How long a reader that was cut may take to read why, in ms. */
  farewell: number;
}

export interface InboxBounds {
  /** The most that may wait. One more, and its reader is cut. */
  behind: number;
  /** The most that is given at once; more waits until the reader has read that. */
  atOnce: number;
}

/** The news that wait for one reader of a stream. */
export class Inbox<News> {
  isCut = false;
  private waiting: (News | Word)[] = [];
  private wake: () => void = () => undefined;

  constructor(
    private readonly bounds: InboxBounds,
    private readonly timing: InboxTiming,
    private readonly lose: () => void,
  ) {}

  /** Adds news, unless its reader was cut; `deliver` tells the reader. */
  add(news: News): void {
    if (this.isCut) return;
    this.waiting.push(news);
    if (this.waiting.length > this.bounds.behind) this.cut();
  }

  /** Wakes the reader if something waits. */
  deliver(): void {
    if (this.waiting.length > 0) this.wake();
  }

  /** Gives the news as they come, some of those that wait at once. Ends when the signal aborts. */
  async *told(signal: AbortSignal): AsyncGenerator<(News | Word)[]> {
    // One timer and one ear for all its sleeps: a thousand readers sleep after every event.
    const timer = setTimeout(() => this.wake(), this.timing.beat);
    const wake = () => this.wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        if (this.waiting.length === 0) await this.sleep(timer);
        if (signal.aborted) return;
        const told = this.waiting.splice(0, this.bounds.atOnce);
        yield told.length > 0 ? told : ['beat'];
        if (this.isCut && this.waiting.length === 0) return;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
  }

  /** The news are dropped: they would be kept for somebody who may never read again. */
  private cut(): void {
    this.isCut = true;
    this.waiting = ['slow'];
    setTimeout(this.lose, this.timing.farewell).unref();
  }

  /** Until there is something to tell, or time for a beat. */
  private sleep(timer: NodeJS.Timeout): Promise<void> {
    timer.refresh();
    return new Promise((resolve) => {
      this.wake = () => {
        this.wake = () => undefined;
        resolve();
      };
    });
  }
}

/** Tells many readers, and leaves other work of the thread its turns. */
export async function tellAll<Reader>(
  readers: Iterable<Reader>,
  tell: (reader: Reader) => void,
): Promise<void> {
  let count = 0;
  for (const each of readers) {
    if (count > 0 && count % SLICE === 0) await turn();
    tell(each);
    count += 1;
  }
}

/** How long to rest after telling everybody has taken so long; both in ms. */
export function restAfter(took: number): number {
  return Math.min(LONGEST_REST, REST * took);
}
