import type { DetailFields } from '../domain/change';
import type { Instant } from '../domain/context';
import type { Allocation } from '../domain/loans/allocation';
import type { Api, Reservation, ReservationStatus } from '../domain/loans/reservation';
import type { Resource } from '../domain/lifecycle/resource';
import type { Pool } from '../domain/pools/pool';
import type { PoolQueueAsk, PoolQueuePage } from '../domain/queue/pool-queue';
import type { QueuePosition } from '../domain/queue/positions';
import type { WaitingItem } from '../domain/queue/reasons';
import type { Page } from './page';

export interface ReservationFilter {
  userId?: string;
  status?: ReservationStatus;
  via?: Api;
}

/**
 * Filters of a page of reservations. `since` counts, `until` does not; epoch ms of the request.
 * `pool`: asks for something of it by name, waits for it, or has or had something of it.
 */
export interface ReservationQuery extends Omit<ReservationFilter, 'via'> {
  /** With it, a lease that is over by then counts as ended, whatever is stored; epoch ms. */
  now?: number;
  pool?: Pick<Pool, 'id' | 'name'>;
  /** Waits for this resource by name, or has or had it. */
  resourceId?: string;
  since?: number;
  until?: number;
  /** The range of ids to look through, without `to`. */
  from?: string;
  to?: string;
  /** By id, the oldest first (`asc`, by default) or the newest. */
  order?: 'asc' | 'desc';
}

/** `next`: the id to go on after; null on the last page. A page may be short although more follow. */
export interface ReservationPage {
  found: Reservation[];
  next: string | null;
}

/** A resource as a list of reservations names it. */
export type ResourceName = Pick<Resource, 'id' | 'name'>;

/** The same with what leads to its details. `isLive`: the reservation has it now. */
export interface HeldName extends Pick<Resource, 'id' | 'name' | 'kind' | 'fields'> {
  reservationId: string;
  isLive: boolean;
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

/** One loan of a pool's resource, running or in preparation. Times in epoch ms. */
export interface Holder {
  resourceId: string;
  resource: string;
  type: string;
  reservationId: string;
  status: ReservationStatus;
  userId: string;
  /** null if the user has been deleted. */
  userName: string | null;
  since: number;
  /** When the loan ends at the latest, unless it is extended; null: no end, or not yet begun. */
  until: number | null;
}

/** Look-ups of reservations, of what they hold and of what they wait for; see `Reads`. */
export interface ReservationReads {
  reservation(id: string): Promise<Reservation | null>;
  reservations(filter: ReservationFilter, page: Page): Promise<Reservation[]>;
  /**
   * A page of the reservations that match. Some filters have no index: then a page looks through a
   * bounded number of reservations and may be short.
   */
  reservationPage(query: ReservationQuery, page: Page): Promise<ReservationPage>;
  /**
   * The names of what these reservations hold or held, at most `limit` of each, in the order of its
   * items.
   */
  heldNames(reservationIds: readonly string[], limit: number): Promise<HeldName[]>;
  /** The details of resources by id, of those whose driver has reported any. */
  detailsOf(
    resources: readonly Pick<HeldName, 'id' | 'kind'>[],
  ): Promise<Map<string, DetailFields>>;
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
  /** Why each item of a reservation waits at `now` (epoch ms); empty if it is not queued. */
  waitingItems(reservationId: string, now: number): Promise<WaitingItem[]>;
  /** A page of the requests that wait in some queues at `now`, each with all that it asks for. */
  poolQueue(page: PoolQueueAsk, now: number): Promise<PoolQueuePage>;
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
  /** The loans of a pool that are not over at `now`, by the id of their resource (as `Page`). */
  holders(poolId: string, now: number, page: Page): Promise<Holder[]>;
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
}
