import type { Allocation } from '../domain/loans/allocation';
import type { Breaker, DetailFields } from '../domain/change';
import type { Instant } from '../domain/context';
import type { Event, EventType } from '../domain/event';
import type { VmUser } from '../domain/legacy';
import type { OperationKind } from '../domain/lifecycle/operation';
import type { Kind, Pool } from '../domain/pools/pool';
import type { QueuePosition } from '../domain/queue/positions';
import type { Api, Reservation, ReservationStatus } from '../domain/loans/reservation';
import type { AdminState, Resource, ResourceStatus } from '../domain/lifecycle/resource';
import type {
  ApiToken,
  Email,
  GithubIdentifier,
  SshKey,
  User,
  UserOrigin,
} from '../domain/people/user';
import type { ChainPlace, Link } from '../domain/returns/chain';
import type { Level } from '../domain/returns/level';
import type { ReturnRecord } from '../domain/returns/record';
import type { ReturnCause } from '../domain/returns/way-back';
import type { Page } from './page';
import type { WebhookReads } from './webhook-reads';

export type { Page } from './page';

export interface ResourceFilter {
  poolId?: string;
  poolIds?: string[];
  kind?: Kind;
  type?: string;
  status?: ResourceStatus;
}

export interface ReservationFilter {
  userId?: string;
  status?: ReservationStatus;
  /** With it, a lease that is over by then counts as ended, whatever is stored; epoch ms. */
  now?: number;
  via?: Api;
}

/** A resource with the details of its kind, and its holder. */
export interface FoundResource {
  resource: Resource;
  details: DetailFields;
  holder: { reservationId: string; userId: string } | null;
}

/** A user of the VM reservation API, with that API's data about them. */
export interface FoundVmUser {
  user: User;
  vmUser: VmUser;
}

/** One resource of a reservation, with its sealed credentials. */
export interface HeldResource {
  allocation: Allocation;
  resource: Resource;
  /** null if it has been deleted since. */
  pool: Pool | null;
  details: DetailFields;
  /** Sealed, with the id of its row; null if the resource has none of its own to lend. */
  credential: { id: string; sealed: string } | null;
}

/** A loan of a resource, past or present. */
export interface Loan extends Pick<
  Allocation,
  'reservationId' | 'generation' | 'startedAt' | 'endedAt'
> {
  userId: string;
  /** null if the user is forgotten. */
  userName: string | null;
}

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

/** How many resources of one class are in one state. */
export interface ClassCount {
  poolId: string;
  type: string;
  status: ResourceStatus;
  adminState: AdminState;
  held: boolean;
  count: number;
}

/**
 * Plain look-ups, outside any transaction. Each sees one state of the database, which includes
 * everything committed before the call. Its cost grows with its answer, not with the pools. In a
 * list that goes by numbers (`eventsAfter`, `vmUsers`), 0 comes before all of them.
 */
export interface Reads extends WebhookReads {
  /** Does the installation have an admin? */
  hasAdmin(): Promise<boolean>;
  userById(id: string): Promise<User | null>;
  userByEmail(email: string): Promise<User | null>;
  /** The users of this name, in any case: see `userNamed` of the domain. */
  usersByName(username: string): Promise<User[]>;
  users(page: Page, origin?: UserOrigin): Promise<User[]>;
  /** The highest cost of any stored bcrypt hash, as its text says; null without one. */
  highestPasswordCost(): Promise<string | null>;
  /** Deleted users who are still to lose their reservations (`leavingSince`), the oldest first. */
  leavingUsers(limit: number): Promise<string[]>;
  /** The oldest addresses of a user. */
  emailsOf(userId: string, limit: number): Promise<Email[]>;
  githubIdentifier(githubId: string): Promise<GithubIdentifier | null>;
  sshKeysOf(userId: string, limit: number): Promise<SshKey[]>;
  tokenByHash(hash: string): Promise<{ token: ApiToken; user: User } | null>;
  /** Tokens that are neither revoked nor expired at `now`. */
  liveTokens(now: number): Promise<number>;
  tokenById(id: string): Promise<ApiToken | null>;
  tokensOf(userId: string, page: Page): Promise<ApiToken[]>;
  pool(name: string): Promise<Pool | null>;
  pools(): Promise<Pool[]>;
  counts(): Promise<ClassCount[]>;
  resource(idOrName: string): Promise<FoundResource | null>;
  /** The id of the lent token with this SHA-256. */
  lentToken(valueHash: string): Promise<string | null>;
  /** The current credential of a resource, sealed. */
  credential(resourceId: string): Promise<{ id: string; sealed: string } | null>;
  /** Resources that are not destroyed. */
  resources(filter: ResourceFilter, page: Page): Promise<FoundResource[]>;
  /** The resource of a pool with this number, unless it is destroyed. */
  resourceByNumber(poolId: string, number: number): Promise<FoundResource | null>;
  reservation(id: string): Promise<Reservation | null>;
  reservations(filter: ReservationFilter, page: Page): Promise<Reservation[]>;
  /** The resources that a reservation holds or held. */
  holdings(reservationId: string): Promise<HeldResource[]>;
  /** The loans among these ids of allocations, those of the newest generation first. */
  loans(ids: readonly string[]): Promise<Loan[]>;
  /**
   * The newest generation below this one at which a resource was lent; null if no such loan is kept.
   * Looks at all of its loans.
   */
  lentBefore(resourceId: string, generation: number): Promise<number | null>;
  /** The positions of a reservation's items; empty if it is not queued. */
  queuePositions(reservationId: string): Promise<QueuePosition[]>;
  /** The numbers of queued, preparing and active reservations. */
  liveReservations(): Promise<Record<'queued' | 'preparing' | 'active', number>>;
  /** Reservations that wait for something of these pools. */
  waitingIn(poolIds: string[]): Promise<number>;
  /**
   * Reservations whose deadline has passed at this instant, at most `limit`, without the leases
   * that only a silence would end, in which their holders could not be heard.
   */
  overdue(at: Instant, limit: number): Promise<string[]>;
  /**
   * Reservations with a deadline up to `until` whose notice is due at `now` (epoch ms), at most
   * `limit`.
   */
  endingSoon(now: number, until: number, limit: number): Promise<string[]>;
  /** The next deadline of any reservation; null if there is none. */
  nextDeadline(): Promise<number | null>;
  /** The pools whose back end is failing. */
  failingPools(): Promise<Breaker[]>;
  /** The current attempt of an operation; null if it has ended or does not exist. */
  attemptUnderWay(operationId: string): Promise<number | null>;
  /** When an operation of these kinds is next due; null if none is. */
  nextDue(kinds: readonly OperationKind[]): Promise<number | null>;
  /**
   * Classes with an available resource and a request for any of them that is not parked, which never
   * lasts long; in order, after this one (0: all).
   */
  queuesToServe(after: number, limit: number): Promise<number[]>;
  /** The same with a resource that is held for others until after `now`. */
  queuesWithHoles(now: number, after: number, limit: number): Promise<number[]>;
  /**
   * Available resources that a request which is not parked waits for by name, by id, after this one
   * (empty: all).
   */
  namedToServe(after: string, limit: number): Promise<string[]>;
  /** Queued requests that hold something or are parked, by id, after this one (empty: all). */
  bundlesToReview(after: string, limit: number): Promise<string[]>;
  /** Pools whose idle resources a changed policy has not reached. */
  poolsToReplan(): Promise<string[]>;
  /**
   * Reservations in a queue that ask for more than `capacity` in total, a page in order of id (as
   * `Page`).
   */
  waitingForMore(
    classId: number,
    capacity: number,
    after: string | null,
    limit: number,
  ): Promise<string[]>;
  /** Reservations that wait for a named resource that is leaving (`isLeaving`). */
  waitingForGone(limit: number): Promise<string[]>;
  classesOf(poolId: string): Promise<{ id: number; type: string }[]>;
  /**
   * The operations among these that are live, and the handles of the resources among these that
   * are: they are not orphans.
   */
  known(
    operationIds: string[],
    resourceIds: string[],
  ): Promise<{ operations: string[]; handles: string[] }>;
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

  // Data that only the legacy APIs use; see domain/legacy.ts.

  /** By user id or by number, deleted users included. */
  vmUser(by: { userId: string } | { number: number }): Promise<FoundVmUser | null>;
  /** Users with a number above `after`, in order of number, deleted ones included. */
  vmUsers(after: number, limit: number): Promise<FoundVmUser[]>;
}
