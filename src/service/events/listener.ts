import type { EventFilter, FoundEvent } from '../../store/reads';
import { Inbox, type InboxTiming, type Word } from './inbox';

/** The most events that may wait for a listener. One more, and it is cut. */
export const MOST_BEHIND = 1_000;
/** The most that is written for a listener at once; more waits until it has read that. */
const MOST_AT_ONCE = 50;
/** Changes after which a credential may have ended. */
const CREDENTIAL = /^(user|token|session)\./;

/**
 * News of a listener: an event, or something beside them. `upTo`: it begins after the event of this
 * number. `changedBy`: the watched user, a token or a session of theirs has changed with this event.
 */
export type News = FoundEvent | { upTo: number } | { changedBy: number };
export type Told = News | Word;

/** May a credential of the user whom it is about end by an event of this type? */
export function concernsCredentials(type: string): boolean {
  return CREDENTIAL.test(type);
}

/** One who follows the events, and what waits for them. */
export class Listener {
  /** The number of the last event that it has been told. */
  position = 0;
  private readonly inbox: Inbox<News>;
  private readonly wants: (event: FoundEvent) => boolean;

  constructor(
    filter: EventFilter,
    private readonly watched: string,
    timing: InboxTiming,
    lose: () => void,
  ) {
    this.inbox = new Inbox({ behind: MOST_BEHIND, atOnce: MOST_AT_ONCE }, timing, lose);
    this.wants = wanting(filter);
  }

  /** Adds the events that its filter wants to what waits for it; in order. */
  offer(events: readonly FoundEvent[]): void {
    for (const event of events) this.take(event);
    this.inbox.deliver();
  }

  /** Gives its events as they come, some of those that wait at once. */
  told(signal: AbortSignal): AsyncGenerator<Told[]> {
    return this.inbox.told(signal);
  }

  private take(event: FoundEvent): void {
    if (this.inbox.isCut || event.seq <= this.position) return;
    this.position = event.seq;
    if (event.userId === this.watched && concernsCredentials(event.type))
      this.inbox.add({ changedBy: event.seq });
    if (this.wants(event)) this.inbox.add(event);
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
