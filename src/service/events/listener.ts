import type { EventFilter, FoundEvent } from '../../store/reads';

/** The most events that may wait for a listener. One more, and it is cut. */
export const MOST_BEHIND = 1_000;

/**
 * Told to a listener. `recheck`: the watched user, a token or a session of theirs has changed.
 * `beat`: nothing has happened for a while. `slow`: it has read too slowly; nothing follows.
 */
export type Told = { event: FoundEvent } | 'recheck' | 'beat' | 'slow';

/** One who follows the events, and what waits for them. */
export class Listener {
  /** The number of the last event that it has been told. */
  position = 0;
  private waiting: Told[] = [];
  private isCut = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly filter: EventFilter,
    private readonly watched: string,
    private readonly timing: { beat: number; farewell: number },
    private readonly lose: () => void,
  ) {}

  /** Adds an event that its filter wants to what waits for it. */
  offer(event: FoundEvent): void {
    if (this.isCut || event.seq <= this.position) return;
    this.position = event.seq;
    if (event.userId === this.watched && /^(user|token|session)\./.test(event.type))
      this.waiting.push('recheck');
    if (matches(this.filter, event)) this.waiting.push({ event });
    if (this.waiting.length > MOST_BEHIND) this.cut();
    if (this.waiting.length > 0) this.wake();
  }

  /** Gives its events as they come, all that wait at once. */
  async *told(signal: AbortSignal): AsyncGenerator<Told[]> {
    while (!signal.aborted) {
      if (this.waiting.length === 0) await this.sleep(signal);
      if (signal.aborted) return;
      const told = this.waiting.splice(0);
      yield told.length > 0 ? told : ['beat'];
      if (this.isCut && this.waiting.length === 0) return;
    }
  }

  /** Its events are dropped: they would be kept for somebody who may never read again. */
  private cut(): void {
    this.isCut = true;
    this.waiting = ['slow'];
    setTimeout(this.lose, this.timing.farewell).unref();
  }

  private sleep(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake(), this.timing.beat);
      this.wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', this.wake);
        this.wake = () => undefined;
        resolve();
      };
      signal.addEventListener('abort', this.wake, { once: true });
    });
  }
}

/** Does a filter want an event? The same as the store's `events` finds. */
export function matches(filter: EventFilter, event: FoundEvent): boolean {
  const { since, until, types, actorId, job, ...equal } = filter;
  const isJob = event.actorKind === 'job';
  return (
    (since === undefined || event.at >= since) &&
    (until === undefined || event.at < until) &&
    (types?.includes(event.type) ?? true) &&
    (actorId === undefined || (!isJob && event.actorId === actorId)) &&
    (job === undefined || (isJob && event.actorId === job)) &&
    Object.entries(equal).every(([name, value]) => event[name as keyof typeof equal] === value)
  );
}
