import { backOff } from '../../server/back-off';
import type { holdfast } from '../../server/client';
import { isSignedOut } from '../../server/problems';
import type { Event } from './sentences';

type Client = typeof holdfast;
type Query = NonNullable<Parameters<Client['events']['list']>[0]>;

/** The events that are wanted, as the API takes it. */
export type Filter = Pick<
  Query,
  'type' | 'pool' | 'resource' | 'actor' | 'user' | 'since' | 'until'
>;

/** The list as it is shown. */
export interface Shown {
  /** The newest first; null: not read yet. */
  items: readonly Event[] | null;
  /** How many newer ones are held back. */
  held: number;
  hasMore: boolean;
  failure: unknown;
}

interface Found {
  found: readonly Event[];
  next: string | null;
}

const PAGE = 100;
/** A page may be empty although older ones hold something; so many are read to find the first. */
const EMPTY_PAGES = 10;
/** The most that are kept; beyond, the list begins anew. */
const MOST = 2_000;

/** A list of events, and those that come. They are shown at once while nobody reads. */
export class EventFeed {
  private items: readonly Event[] | null = null;
  private held: Event[] = [];
  private next: string | null = null;
  private failure: unknown = null;
  /** The newest event that was read; null: not known yet. */
  private last: number | null = null;
  private readonly over = new AbortController();
  private stream: AbortController | null = null;
  private frame = 0;

  /** `mayShow`: may events be put in at the top now? */
  constructor(
    private readonly client: Client,
    private readonly filter: Filter,
    private readonly mayShow: () => boolean,
    private readonly show: (shown: Shown) => void,
  ) {}

  /** Reads the newest anew, and follows those to come. */
  async load(): Promise<void> {
    await this.reading(async (signal) => {
      // Known before the list is read, so that no event is between the two.
      const last = await this.newest(signal);
      const { found, next } = await this.pageAfter(undefined);
      this.held = [];
      this.last = last;
      [this.items, this.next] = [found, next];
    });
    if (this.failure !== null) return;
    this.rest();
    this.follow();
  }

  /** Reads older ones. */
  async more(): Promise<void> {
    if (this.next === null) return;
    await this.reading(async () => {
      const { found, next } = await this.pageAfter(this.next!);
      this.items = [...(this.items ?? []), ...found];
      this.next = next;
    });
  }

  private async reading(read: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    try {
      await read(this.over.signal);
      this.failure = null;
    } catch (error) {
      this.failure = error;
    }
    this.tell();
  }

  /** The number of the newest event; 0 before the first. */
  private async newest(signal: AbortSignal): Promise<number> {
    const { items } = await this.client.events.list({ limit: 1, signal }).page();
    return items[0]?.seq ?? 0;
  }

  private async pageAfter(cursor: string | undefined): Promise<Found> {
    const { client, filter, over } = this;
    let next: string | undefined = cursor;
    for (let pages = 1; ; pages++) {
      const ask: Query = { ...filter, limit: PAGE, cursor: next };
      const page: { items: Event[]; nextCursor: string | null } = await client.events
        .list({ ...ask, signal: over.signal })
        .page();
      if (page.items.length > 0 || page.nextCursor === null || pages === EMPTY_PAGES)
        return { found: page.items, next: page.nextCursor };
      next = page.nextCursor;
    }
  }

  /** Follows what comes, unless it does already or the list ends in the past. */
  follow(): void {
    if (this.stream || this.last === null || this.filter.until !== undefined) return;
    this.stream = new AbortController();
    void this.receive(AbortSignal.any([this.stream.signal, this.over.signal]));
  }

  /** Stops following until `follow`; nothing is missed meanwhile. */
  rest(): void {
    this.stream?.abort();
    this.stream = null;
  }

  /** Opens the stream again after every end but that of the session: a proxy may answer anything. */
  private async receive(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        for await (const event of this.toCome(signal)) {
          failures = 0;
          this.take(event);
        }
      } catch (error) {
        if (signal.aborted) return;
        this.failure = error;
        this.tell();
        if (isSignedOut(error)) return;
      }
      await backOff(failures, signal);
      // Says whether the server can be reached again: the stream is silent until something happens.
      if (!signal.aborted) await this.reading(() => this.newest(signal));
    }
  }

  private toCome(signal: AbortSignal): AsyncIterable<Event> {
    const { until: _until, ...query } = this.filter;
    return this.client.events.follow({ ...query, after: this.last!, signal });
  }

  private take(event: Event): void {
    this.last = event.seq;
    if (event.seq > (this.items?.[0]?.seq ?? 0)) this.held.unshift(event);
    this.frame ||= requestAnimationFrame(() => this.look());
  }

  /** Shows what is held if nobody reads now. */
  offer(): void {
    if (this.held.length > 0 && this.mayShow()) this.showNew();
  }

  private look(): void {
    this.frame = 0;
    if (this.mayShow()) this.showNew();
    else {
      // Kept only for their number; they are read again when they are wanted.
      this.held.length = Math.min(this.held.length, MOST);
      this.tell();
    }
  }

  /** Shows all. */
  showNew(): void {
    const total = this.held.length + (this.items?.length ?? 0);
    if (total > MOST) {
      this.rest();
      void this.load();
      return;
    }
    this.items = [...this.held, ...(this.items ?? [])];
    this.held = [];
    this.tell();
  }

  end(): void {
    cancelAnimationFrame(this.frame);
    this.over.abort();
  }

  private tell(): void {
    if (this.over.signal.aborted) return;
    const { items, failure } = this;
    this.show({ items, held: this.held.length, hasMore: this.next !== null, failure });
  }
}
