import type { Breaker, QueueEntry } from './change';
import type {
  CountedFailure,
  CountedReturn,
  EndedReservation,
  GoneResource,
  LiveHolding,
  PlaceInTime,
} from './history/counting';
import type { Step } from './history/steps';
import type { StoredTally, Tally, TallyKey } from './history/tally';
import type { Credential } from './lifecycle/credential';
import type { Operation, OperationKind } from './lifecycle/operation';
import type { AdminState, Resource, ResourceStatus } from './lifecycle/resource';
import type { Allocation } from './loans/allocation';
import type { Holding } from './loans/ending';
import type { Reservation } from './loans/reservation';
import type { CallerIds, CallerRows } from './people/caller';
import type { Pool, Replanning, ResourceClass } from './pools/pool';
import type { Absent } from './queue/absent';
import type { UserCount } from './queue/caps';
import type { Candidate } from './queue/queues';

/** A pool with its classes, in order of id. */
export interface PoolWithClasses {
  pool: Pool;
  classes: ResourceClass[];
}

/** A queued reservation with its entries, in order of item and class. */
export interface QueuedReservation {
  reservation: Reservation;
  entries: QueueEntry[];
}

/** How many resources of one class are in one state. */
export interface StateCount {
  classId: number;
  status: ResourceStatus;
  adminState: AdminState;
  /** For a queued request. */
  held: boolean;
  count: number;
}

/** The claims of a pool, and among them those of one worker. */
export interface ClaimedCount {
  all: number;
  own: number;
}

/**
 * The position of one entry of a request in its own queue, and among the requests that name its
 * resource.
 */
export interface EntryPosition {
  item: number;
  classId: number;
  count: number;
  missing: number;
  aheadInQueue: number;
  aheadForResource: number;
}

/**
 * Selects entries of some queues that still miss something, except those of reservations whose
 * deadline has come at `now` (epoch ms) and those of `except`.
 */
export interface EntriesOf {
  classIds: number[];
  limit: number;
  now: number;
  except: string | null;
}

/** A place in the order of a queue: by rank, then by id. */
export interface QueuePlace {
  rank: number;
  reservationId: string;
}

/** A place among the entries that name a resource: by its id, then as in a queue. */
export interface NamedPlace extends QueuePlace {
  resourceId: string;
}

/**
 * Everything a decision can ask of a store, by name: the question (`of`) and the answer (`gives`).
 * A store decides nothing. It answers by an index each time, at a cost that does not grow with its
 * tables. If one query asks for several things, the answers come in the same order.
 */
export interface Queries {
  /** All pools, the oldest first. */
  pools: { of: unknown; gives: PoolWithClasses[] };
  /** The pools of these ids that exist. */
  poolsById: { of: { ids: string[] }; gives: PoolWithClasses[] };
  poolsByName: { of: { names: string[] }; gives: (PoolWithClasses | null)[] };

  /**
   * For each queue, the first reservations with an entry that names no resource and is not parked,
   * by rank, then id; each once, however many of its items wait there.
   */
  queueHeads: { of: EntriesOf; gives: string[][] };
  /**
   * For each queue, the oldest reservations that are not promoted, by time, then id; each once.
   */
  longestWaiting: { of: EntriesOf; gives: string[][] };
  /**
   * For each resource, the first entries that ask for it by name and are not parked, by rank; as
   * reservation ids.
   */
  queueForResource: {
    of: Omit<EntriesOf, 'classIds'> & { resourceIds: string[] };
    gives: string[][];
  };
  /** The reservations of one queue as `queueHeads` has them, after a place. */
  queueAfter: {
    of: { classId: number; after: QueuePlace; limit: number; now: number };
    gives: QueuePlace[];
  };
  /** The entries of all queues that name a resource and are not parked, after a place. */
  namedAfter: { of: { after: NamedPlace; limit: number }; gives: NamedPlace[] };
  /** The reservations that are parked in any queue, by id, after this one (empty: all). */
  parkedAfter: { of: { after: string; limit: number }; gives: string[] };
  /** The positions of a reservation's entries, by item; those ahead are counted up to `limit`. */
  entryPositions: { of: { reservationId: string; limit: number }; gives: EntryPosition[] };
  /** Queued reservations, all of which exist. */
  queued: { of: { ids: string[] }; gives: QueuedReservation[] };
  /** For each class, the available resources (`isAvailable`) not expired at `now`, by rank. */
  available: { of: { classIds: number[]; limit: number; now: number }; gives: Candidate[] };
  /** The spares of a class that are in service, those first that have been one for longest. */
  spares: { of: { classId: number; limit: number }; gives: Resource[] };
  /** Those of these resources that are available and not expired at `now`. */
  availableById: { of: { ids: string[]; now: number }; gives: Candidate[] };
  /** The resources held for these reservations. */
  heldFor: { of: { reservationIds: string[] }; gives: Candidate[] };
  /**
   * The resources of each class held for a request until after `now`, those held for the longest
   * time first.
   */
  lendable: {
    of: { classIds: number[]; limit: number; now: number };
    gives: (Candidate & { heldUntil: number })[];
  };
  /** For each class, the resources in service whose loan has an end, the earliest first. */
  returning: { of: { classIds: number[]; limit: number }; gives: Absent[][] };
  /** The same for loans without an end that began after `since`, the latest first. */
  lentOpenly: { of: { classIds: number[]; since: number; limit: number }; gives: Absent[][] };
  /** For each class, the resources held for anybody, those to be given up soonest first. */
  heldIn: { of: { classIds: number[]; limit: number }; gives: Absent[][] };
  /** For each class, when the first maintenance that has an end is over; null: none. Epoch ms. */
  backFromMaintenance: { of: { classIds: number[] }; gives: (number | null)[] };
  /** The reservations and resources of a user in each status except `ended`. */
  userCounts: { of: { userId: string }; gives: UserCount[] };
  /** How many entries of each queue still miss something. */
  queueLengths: { of: { classIds: number[] }; gives: number[] };

  /** A user and an API token; null for those that do not exist. */
  caller: { of: CallerIds; gives: CallerRows };
  /** A fact about the installation by name. */
  metadata: { of: { name: string }; gives: string | null };
  /** The active reservations whose heartbeat is awaited, by id, after this one (empty: all). */
  beating: { of: { after: string; limit: number }; gives: Reservation[] };
  /** The resources that go if they are idle for too long, by id, after this one (empty: all). */
  idling: { of: { after: string; limit: number }; gives: Resource[] };

  reservation: { of: { id: string }; gives: Reservation | null };
  /** The live allocations of a reservation, by item, then number. */
  holdings: { of: { reservationId: string }; gives: Holding[] };
  /** The resources held for a queued reservation. */
  heldResources: { of: { reservationId: string }; gives: Resource[] };

  /** The resource of this id, and any of this name that is not destroyed. */
  resourcesCalled: { of: { idOrName: string }; gives: Resource[] };
  /** The resources of these names that are not destroyed. */
  resourcesNamed: { of: { names: string[] }; gives: Resource[] };
  /** The reservation whose live allocation binds the resource. */
  holder: { of: { resourceId: string }; gives: Reservation | null };
  /** All known credentials of a resource, the oldest first. */
  credentials: { of: { resourceId: string }; gives: Credential[] };
  allocation: { of: { id: string }; gives: Allocation | null };
  operation: { of: { id: string }; gives: Operation | null };
  /** The same with its resource. */
  operationWithResource: {
    of: { id: string };
    gives: { operation: Operation; resource: Resource } | null;
  };

  /** How far a changed policy has reached the idle resources of a pool; null: all of them. */
  replanning: { of: { poolId: string }; gives: Replanning | null };
  /** The available resources of some classes with an id after this one, in order of id. */
  idleAfter: { of: { classIds: number[]; after: string; limit: number }; gives: Resource[] };

  /** The breakers of all pools that have one. */
  breakers: { of: unknown; gives: Breaker[] };
  breaker: { of: { poolId: string }; gives: Breaker | null };
  /** How many operations of each pool are claimed beyond `now`. */
  /** For each pool, the claims that have not expired at `now`, and how many are of this worker. */
  claimedCounts: {
    of: { poolIds: string[]; now: number; worker: string | null };
    gives: ClaimedCount[];
  };
  /** The latest `claimedUntil` of a pool's superseded operations; null without any. Epoch ms. */
  supersededUntil: { of: { poolId: string }; gives: number | null };
  /**
   * The resources of a pool that are due for an operation at `now` and held for nobody, by time.
   */
  due: {
    of: { poolId: string; kind: OperationKind; now: number; limit: number; offset: number };
    gives: Resource[];
  };
  /** When a resource of each pool is next due for one of these; null: never. Epoch ms. */
  nextDue: { of: { poolIds: string[]; kinds: readonly OperationKind[] }; gives: (number | null)[] };

  /** How many resources are in each state; destroyed ones may be counted or left out. */
  stateCounts: { of: { classIds: number[] }; gives: StateCount[] };
  /** Has a pool resources that are seats (`seatOf`) and not destroyed? */
  hasSeats: { of: { poolId: string }; gives: boolean };
  /** The highest number in a pool among resources that are not destroyed; 0 without any. */
  highestNumber: { of: { poolId: string }; gives: number };
  /**
   * The resources of a class, lent or not, neither draining nor being removed; high numbers first.
   */
  staying: { of: { classId: number; lent: boolean; limit: number }; gives: Resource[] };

  /** The reservations that ended after a place and before a time (epoch ms), in that order. */
  endedAfter: {
    of: { after: PlaceInTime; before: number; limit: number };
    gives: EndedReservation[];
  };
  /** The same for resources that were destroyed. */
  goneAfter: { of: { after: PlaceInTime; before: number; limit: number }; gives: GoneResource[] };
  /** Return records after this number, in order. */
  returnsAfter: { of: { after: number; limit: number }; gives: CountedReturn[] };
  /** The events of FAILURES after this number, in order. */
  failuresAfter: { of: { after: number; limit: number }; gives: CountedFailure[] };
  /** The tallies of these keys; null for those that do not exist. */
  tallies: { of: { keys: TallyKey[] }; gives: (Tally | null)[] };
  /** The tallies whose steps began in this time, `until` included; epoch ms. */
  talliesBetween: {
    of: { poolId: string; step: Step; since: number; until: number };
    gives: StoredTally[];
  };
  /** Each resource of these pools that is lent. */
  liveHoldings: { of: { poolIds: string[] }; gives: LiveHolding[] };
  /** When each resource of these pools was made that is not destroyed; epoch ms. */
  createdAt: { of: { poolIds: string[] }; gives: number[] };
}

export type QueryName = keyof Queries;
export type Query<K extends QueryName = QueryName> = {
  [N in K]: { ask: N } & Queries[N]['of'];
}[K];
export type Answer<K extends QueryName> = Queries[K]['gives'];

/**
 * A pure sequence of queries that ends in a snapshot. The store answers them one after the other,
 * synchronously or not.
 */
export type Loading<T> = Generator<Query, T, unknown>;

/** Asks the store: `yield* ask({ ask: 'reservation', id })`. */
export function* ask<K extends QueryName>(query: Query<K>): Loading<Answer<K>> {
  return (yield query as Query) as Answer<K>;
}
