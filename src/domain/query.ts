import type { Breaker, QueueEntry } from './change';
import type { Credential } from './lifecycle/credential';
import type { Operation, OperationKind } from './lifecycle/operation';
import type { AdminState, Resource, ResourceStatus } from './lifecycle/resource';
import type { Allocation } from './loans/allocation';
import type { Holding } from './loans/ending';
import type { Reservation, ReservationStatus } from './loans/reservation';
import type { Pool, ResourceClass } from './pools/pool';
import type { Candidate } from './queue/scheduling';

/** A pool with the classes that its resources are of, in order of id. */
export interface PoolWithClasses {
  pool: Pool;
  classes: ResourceClass[];
}

/** A waiting reservation with its rows in the queues, in order of item and class. */
export interface QueuedReservation {
  reservation: Reservation;
  entries: QueueEntry[];
}

/** How many resources of one class are in one state. */
export interface StateCount {
  classId: number;
  status: ResourceStatus;
  adminState: AdminState;
  count: number;
}

/** Where one entry of a request stands in its own queue, and among those who name its resource. */
export interface EntryPosition {
  item: number;
  classId: number;
  count: number;
  missing: number;
  aheadInQueue: number;
  aheadForResource: number;
}

/**
 * Entries of some queues that still lack something. One whose reservation's deadline has come at
 * `now` (epoch ms) waits no longer, and that of `except` is left out.
 */
export interface EntriesOf {
  classIds: number[];
  limit: number;
  now: number;
  except: string | null;
}

/**
 * All queries that a decision can make of a store, by name: the question (`of`) and the answer
 * (`gives`). A store answers each by an index, at a cost that does not grow with its tables, and
 * decides nothing. Several questions asked at once are answered in their order.
 */
export interface Queries {
  /** All pools, the oldest first. */
  pools: { of: unknown; gives: PoolWithClasses[] };
  /** Those of these pools that exist. */
  poolsById: { of: { ids: string[] }; gives: PoolWithClasses[] };
  poolsByName: { of: { names: string[] }; gives: (PoolWithClasses | null)[] };

  /** Of each queue the first entries that name no resource, by rank, then id; their reservations. */
  queueHeads: { of: EntriesOf; gives: string[][] };
  /** Of each queue the oldest entries that are not promoted, by time, then id; their reservations. */
  longestWaiting: { of: EntriesOf; gives: string[][] };
  /** Of each resource the first entries that ask for it by name, by rank; their reservations. */
  queueForResource: {
    of: Omit<EntriesOf, 'classIds'> & { resourceIds: string[] };
    gives: string[][];
  };
  /** Where the entries of a reservation stand, by item; those ahead are counted up to `limit`. */
  entryPositions: { of: { reservationId: string; limit: number }; gives: EntryPosition[] };
  /** Waiting reservations, all of which exist. */
  queued: { of: { ids: string[] }; gives: QueuedReservation[] };
  /** Of each class what is available (`isAvailable`) and not expired at `now`, by rank. */
  available: { of: { classIds: number[]; limit: number; now: number }; gives: Candidate[] };
  /** Those of these resources that are available and not expired at `now`. */
  availableById: { of: { ids: string[]; now: number }; gives: Candidate[] };
  /** The resources held for these reservations. */
  heldFor: { of: { reservationIds: string[] }; gives: Candidate[] };
  /** How many reservations a user has in each status but `ended`. */
  userCounts: { of: { userId: string }; gives: { status: ReservationStatus; count: number }[] };
  /** How many entries that name no resource lack something, in each queue. */
  queueLengths: { of: { classIds: number[] }; gives: number[] };

  reservation: { of: { id: string }; gives: Reservation | null };
  /** Live allocations of a reservation, by item, then number. */
  holdings: { of: { reservationId: string }; gives: Holding[] };
  /** Resources that are held for a waiting reservation. */
  heldResources: { of: { reservationId: string }; gives: Resource[] };

  /** Resources of this id, or of this name and not destroyed. */
  resourcesCalled: { of: { idOrName: string }; gives: Resource[] };
  /** Resources of these names that are not destroyed. */
  resourcesNamed: { of: { names: string[] }; gives: Resource[] };
  /** The reservation whose live allocation binds the resource. */
  holder: { of: { resourceId: string }; gives: Reservation | null };
  /** All that are known of a resource, the oldest first. */
  credentials: { of: { resourceId: string }; gives: Credential[] };
  allocation: { of: { id: string }; gives: Allocation | null };
  operation: { of: { id: string }; gives: Operation | null };
  /** The same with its resource. */
  operationWithResource: {
    of: { id: string };
    gives: { operation: Operation; resource: Resource } | null;
  };

  /** Of all pools that have one. */
  breakers: { of: unknown; gives: Breaker[] };
  breaker: { of: { poolId: string }; gives: Breaker | null };
  /** How many operations of each pool are claimed beyond `now`. */
  claimedCounts: { of: { poolIds: string[]; now: number }; gives: number[] };
  /** Resources of a pool that are due for an operation at `now` and held for nobody, by time. */
  due: {
    of: { poolId: string; kind: OperationKind; now: number; limit: number; offset: number };
    gives: Resource[];
  };
  /** When a resource of each pool is next due for one of these; null: never. Epoch ms. */
  nextDue: { of: { poolIds: string[]; kinds: readonly OperationKind[] }; gives: (number | null)[] };

  /** How many resources are in which state; destroyed ones may be counted or left out. */
  stateCounts: { of: { classIds: number[] }; gives: StateCount[] };
  /** The highest number in a pool that is not that of a destroyed resource; 0: there is none. */
  highestNumber: { of: { poolId: string }; gives: number };
  /** Resources of a class, lent or not, neither draining nor going; the highest number first. */
  staying: { of: { classId: number; lent: boolean; limit: number }; gives: Resource[] };
}

export type QueryName = keyof Queries;
export type Query<K extends QueryName = QueryName> = {
  [N in K]: { ask: N } & Queries[N]['of'];
}[K];
export type Answer<K extends QueryName> = Queries[K]['gives'];

/**
 * A pure course of queries that ends in a snapshot: the store is asked one after the other, and
 * may answer at once or later.
 */
export type Loading<T> = Generator<Query, T, unknown>;

/** Asks the store: `yield* ask({ ask: 'reservation', id })`. */
export function* ask<K extends QueryName>(query: Query<K>): Loading<Answer<K>> {
  return (yield query as Query) as Answer<K>;
}
