import type { Breaker, DetailFields } from '../domain/change';
import type { VmUser } from '../domain/legacy';
import type { OperationKind } from '../domain/lifecycle/operation';
import type { Kind, Pool } from '../domain/pools/pool';
import type { Resource, ResourceStatus } from '../domain/lifecycle/resource';
import type { Session } from '../domain/people/session';
import type {
  ApiToken,
  Email,
  GithubIdentifier,
  SshKey,
  User,
  UserOrigin,
} from '../domain/people/user';
import type { HistoryReads } from './history-reads';
import type { MetricReads } from './metric-reads';
import type { ClassCount, OverviewReads } from './overview-reads';
import type { Page } from './page';
import type { ReservationReads } from './reservation-reads';
import type { TimelineReads } from './timeline-reads';
import type { WebhookReads } from './webhook-reads';

export type * from './history-reads';
export type { ClassCount } from './overview-reads';
export type { Page } from './page';
export type * from './reservation-reads';

export interface ResourceFilter {
  poolId?: string;
  poolIds?: string[];
  kind?: Kind;
  type?: string;
  status?: ResourceStatus;
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

/** A user as others may see them. */
export type PersonName = Pick<User, 'id' | 'name'>;

/**
 * Plain look-ups, outside any transaction. Each sees one state of the database, which includes
 * everything committed before the call. Its cost grows with its answer, not with the pools. In a
 * list that goes by numbers (`eventsAfter`, `vmUsers`), 0 comes before all of them.
 */
export interface Reads
  extends ReservationReads, HistoryReads, MetricReads, OverviewReads, TimelineReads, WebhookReads {
  /** Does the installation have an admin? */
  hasAdmin(): Promise<boolean>;
  userById(id: string): Promise<User | null>;
  /** The names of those of these users who exist, in any order. */
  userNames(ids: string[]): Promise<PersonName[]>;
  /** The users of this name (not username), spelled so; at most `limit`. */
  usersCalled(name: string, limit: number): Promise<User[]>;
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
  /** A session with its user and the token that made it, as far as they are known. */
  sessionByHash(
    hash: string,
  ): Promise<{ session: Session; user: User; token: ApiToken | null } | null>;
  sessionById(id: string): Promise<Session | null>;
  /** The sessions of a user, also those whose time is over, the one used last first. */
  sessionsOf(userId: string): Promise<{ session: Session; token: ApiToken | null }[]>;
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
  /** Resources whose maintenance ends by itself, the earliest first; times in epoch ms. */
  maintenanceEnds(limit: number): Promise<{ id: string; at: number }[]>;
  /** Pools whose idle resources a changed policy has not reached. */
  poolsToReplan(): Promise<string[]>;
  classesOf(poolId: string): Promise<{ id: number; type: string }[]>;
  /**
   * The operations among these that are live, and the handles of the resources among these that
   * are: they are not orphans.
   */
  known(
    operationIds: string[],
    resourceIds: string[],
  ): Promise<{ operations: string[]; handles: string[] }>;

  // Data that only the legacy APIs use; see domain/legacy.ts.

  /** By user id or by number, deleted users included. */
  vmUser(by: { userId: string } | { number: number }): Promise<FoundVmUser | null>;
  /** Users with a number above `after`, in order of number, deleted ones included. */
  vmUsers(after: number, limit: number): Promise<FoundVmUser[]>;
}
