import type { EventType } from '../domain/event';
import type { AdminState, Resource, ResourceStatus } from '../domain/lifecycle/resource';
import type { QueueState } from './metric-reads';

/**
 * Events that have their pool in common, or those without a pool that have their type and their user
 * in common.
 */
export interface EventGroup {
  poolId: string | null;
  /** null for events of a pool. */
  type: EventType | null;
  /** The user whom they are about; null for events of a pool, and for those about nobody. */
  userId: string | null;
  count: number;
  /** The number of the newest. */
  seq: number;
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

/** A resource as far as its state goes. */
export type ResourceState = Pick<Resource, 'id' | 'name' | 'type' | 'status' | 'adminState'> & {
  /** Is it kept for a queued request? */
  held: boolean;
};

/** An entry of a queue; the time is epoch ms. */
export interface WaitingEntry {
  reservationId: string;
  requestedAt: number;
}

/** The present state of a pool, read at one moment. */
export interface PoolState {
  counts: ClassCount[];
  /** Its queues in which something is missing. */
  queues: QueueState[];
  /** Their entries that miss something, in any order; null if there are more than were asked for. */
  waiting: WaitingEntry[] | null;
  /** In the order of their numbers; the first ones only if there are more than were asked for. */
  resources: ResourceState[];
}

/** How much of a pool may be looked at. */
export interface PoolStateBounds {
  resources: number;
  entries: number;
}

/** Look-ups for the overview. Their cost does not grow with the pools, the queues or the history. */
export interface OverviewReads {
  /** The events after the number `after`, in groups; of the newest ones, at most `limit`. */
  eventGroups(after: number, limit: number): Promise<EventGroup[]>;
  poolState(poolId: string, bounds: PoolStateBounds): Promise<PoolState>;
}
