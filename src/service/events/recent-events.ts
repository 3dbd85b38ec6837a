import type { FoundEvent } from '../../store/reads';

/** The most events that are kept; fewer than may wait for a listener. */
export const MOST_RECENT = 500;

/** The last events without a gap, for listeners who come back. */
export class RecentEvents {
  private constructor(
    /** In order. */
    readonly events: readonly FoundEvent[],
    /** All after this number are here. */
    readonly after: number,
    /** The number of the newest. */
    readonly upTo: number,
  ) {}

  static readonly none = new RecentEvents([], 0, 0);

  /** The newest events, in order; `all`: there are no others. */
  static of(events: readonly FoundEvent[], all: boolean): RecentEvents {
    const after = all ? 0 : (events[0]?.seq ?? 1) - 1;
    return new RecentEvents(events, after, events.at(-1)?.seq ?? after);
  }

  /** These and the next ones, without the oldest. */
  with(next: readonly FoundEvent[]): RecentEvents {
    const news = next.filter(({ seq }) => seq > this.upTo);
    if (news.length === 0) return this;
    const events = [...this.events, ...news];
    const dropped = events.length - MOST_RECENT;
    const after = dropped > 0 ? events[dropped - 1]!.seq : this.after;
    return new RecentEvents(events.slice(-MOST_RECENT), after, news.at(-1)!.seq);
  }
}
