import type { EventFilter, FoundEvent } from '../../store/reads';

/** The most events that may wait for a listener. One more, and it is cut. */
export const MOST_BEHIND = 1_000;
/** The most that is written for a listener at once; more waits until it has read that. */
const MOST_AT_ONCE = 50;

/**
 * Told to a listener: an event, or something beside them. `upTo`: it begins after the event of this
 * number. `changedBy`: the watched user, a token or a session of theirs has changed with this event.
 * `recheck`: they may have. `beat`: nothing has happened for a while. `slow`: it has read too slowly;
 * nothing follows.
 */
export type Told = FoundEvent | { upTo: number } | { changedBy: number } | Word;
type Word = 'recheck' | 'beat' | 'slow';

/** One who follows the events, and what waits for them. */
export class Listener {
  /** The number of the last event that it has been told. */
  position = 0;
  private waiting: Told[] = [];
  private isCut = false;
  private wake: () => void = () => undefined;
  private readonly wants: (event: FoundEvent) => boolean;

  constructor(
    filter: EventFilter,
    private readonly watched: string,
    private readonly timing: { beat: number; farewell: number },
    private readonly lose: () => void,
  ) {
    this.wants = wanting(filter);
  }

  /** Adds the events that its filter wants to what waits for it; in order. */
  offer(events: readonly FoundEvent[]): void {
    for (const event of events) this.take(event);
    if (this.waiting.length > 0) this.wake();
  }

  private take(event: FoundEvent): void {
    if (this.isCut || event.seq <= this.position) return;
    this.position = event.seq;
    if (event.userId === this.watched && /^(user|token|session)\./.test(event.type))
      this.waiting.push({ changedBy: event.seq });
    if (this.wants(event)) this.waiting.push(event);
    if (this.waiting.length > MOST_BEHIND) this.cut();
  }

  /** Gives its events as they come, some of those that wait at once. */
  async *told(signal: AbortSignal): AsyncGenerator<Told[]> {
    // One timer and one ear for all its sleeps: a thousand listeners sleep after every event.
    const timer = setTimeout(() => this.wake(), this.timing.beat);
    const wake = () => this.wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) {
        if (this.waiting.length === 0) await this.sleep(timer);
        if (signal.aborted) return;
        const told = this.waiting.splice(0, MOST_AT_ONCE);
        yield told.length > 0 ? told : ['beat'];
        if (this.isCut && this.waiting.length === 0) return;
      }
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
    }
  }

  /** Its events are dropped: they would be kept for somebody who may never read again. */
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

/**
 * Says whether a filter wants an event: the same as the store's `events` finds. A filter is taken
 * apart once, because every listener is asked about every event.
 */
export function wanting({
  since,
  until,
  types,
  actorId,
  job,
  ...equal
}: EventFilter): (event: FoundEvent) => boolean {
  const conditions: ((event: FoundEvent) => boolean)[] = [];
  if (since !== undefined) conditions.push(({ at }) => at >= since);
  if (until !== undefined) conditions.push(({ at }) => at < until);
  if (types) conditions.push(({ type }) => types.includes(type));
  if (actorId !== undefined)
    conditions.push((event) => event.actorKind !== 'job' && event.actorId === actorId);
  if (job !== undefined)
    conditions.push((event) => event.actorKind === 'job' && event.actorId === job);
  for (const [name, value] of Object.entries(equal))
    conditions.push((event) => event[name as keyof typeof equal] === value);
  return (event) => conditions.every((holds) => holds(event));
}
