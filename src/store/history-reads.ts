import type { Event, EventType } from '../domain/event';
import type { History, HistoryOf } from '../domain/history/history';
import type { ChainPlace, Link } from '../domain/returns/chain';
import type { Level } from '../domain/returns/level';
import type { ReturnRecord } from '../domain/returns/record';
import type { ReturnCause } from '../domain/returns/way-back';

/** Tells whom an event concerns. */
export type EventName = Pick<Event, 'seq' | 'type' | 'reservationId'>;

/** Filters of return records; `since` counts, `until` does not; epoch ms. `level` is exact. */
export interface ReturnFilter {
  resourceId?: string;
  /** Not together with `resourceId`; the same holds for `level`. */
  poolId?: string;
  level?: Level;
  since?: number;
  until?: number;
}

/** A page of return records, the newest first: those before the number `after`. */
export interface ReturnPage {
  after: number | null;
  limit: number;
}

/** Filters of events; `since` counts, `until` does not; epoch ms. */
export interface EventFilter {
  since?: number;
  until?: number;
  types?: readonly EventType[];
  poolId?: string;
  resourceId?: string;
  reservationId?: string;
  /** The user whom the event is about. */
  userId?: string;
  /** An author who is no job. */
  actorId?: string;
  /** A job, by name. */
  job?: string;
}

/** A page of events: those beyond the number `after` in this order. */
export interface EventPage {
  after: number | null;
  limit: number;
  order: 'asc' | 'desc';
}

/** An event with the names of its pool and resource; null where they are gone. */
export interface FoundEvent extends Event {
  pool: string | null;
  resource: string | null;
}

/** A return record with its number and its hash in the chain. */
export interface StoredReturn {
  seq: number;
  hash: string;
  record: ReturnRecord;
}

/** Look-ups of events, of return records, and of what is counted of them; see `Reads`. */
export interface HistoryReads {
  /** How pools were used, up to `now` (epoch ms). */
  history(asked: HistoryOf, now: number): Promise<History>;
  /** Events after `seq`, in order; `Store` says what that order is. */
  eventsAfter(seq: number, limit: number): Promise<Event[]>;
  /** The same events, as far as they tell whom they concern. */
  eventNamesAfter(seq: number, limit: number): Promise<EventName[]>;
  /**
   * A page of events. It may hold fewer than `limit` although more follow, so that no call looks at
   * many; `next` is the number to go on after, null at the end.
   */
  events(
    filter: EventFilter,
    page: EventPage,
  ): Promise<{ found: FoundEvent[]; next: number | null }>;
  /** The newest events of these reservations, at most `limit` of each, the newest first. */
  eventsOf(reservationIds: readonly string[], limit: number): Promise<FoundEvent[]>;
  returns(filter: ReturnFilter, page: ReturnPage): Promise<StoredReturn[]>;
  /** The latest return of a resource up to this generation, of another cause; null if none is kept. */
  returnBefore(
    resourceId: string,
    generation: number,
    besides: ReturnCause,
  ): Promise<StoredReturn | null>;
  /** The chain of return records after the number `seq`, in order. */
  returnLinks(seq: number, limit: number): Promise<Link[]>;
  /** Where the chain ends, and where what is kept of it begins; null: at its start. */
  chainEnds(): Promise<{ first: ChainPlace | null; last: ChainPlace | null }>;
  /** The number of the newest event; 0 if there is none. */
  lastSeq(): Promise<number>;
}
