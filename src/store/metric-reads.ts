import type { EventType } from '../domain/event';
import type { Level } from '../domain/returns/level';
import type { ReturnOutcome } from '../domain/returns/record';
import type { EndReason } from '../domain/loans/reservation';
import type { ResourceStatus } from '../domain/lifecycle/resource';

/** The events that metrics are made of. */
export const COUNTED_EVENTS = [
  'resource.allocated',
  'resource.freed',
  'resource.status',
  'resource.returned',
  'reservation.ended',
] as const satisfies EventType[];

/** An event with what the metrics need of its rows; times are epoch ms. */
export interface Happening {
  type: (typeof COUNTED_EVENTS)[number];
  at: number;
  poolId: string | null;
  resourceId: string | null;
  /** The status that the resource has since, if the event says so. */
  to: ResourceStatus | null;
  /** Of a reservation that ended. */
  reason: EndReason | null;
  /** Of a return. */
  level: Level | null;
  outcome: ReturnOutcome | null;
  /** The end of the loan that a return follows; null after none. */
  loanEndedAt: number | null;
  /** How long the cleaning of a return took, in ms; null without one. */
  cleaned: number | null;
  /** Of the reservation, while it is kept. */
  requestedAt: number | null;
  startsAt: number | null;
}

/** The queue of a class, if anything is missing in it. */
export interface QueueState {
  poolId: string;
  /** The entries that miss something. */
  length: number;
  /**
   * When the head of the queue was requested, or the oldest request that is not promoted, whichever
   * is earlier; epoch ms. Null if all that wait are promoted, and parked or after one resource.
   */
  oldest: number | null;
}

/** A resource that is dirty or being cleaned, and since when; epoch ms. */
export interface DirtyResource {
  id: string;
  poolId: string;
  since: number;
}

/** Look-ups for metrics. Their cost does not grow with the pools, the queues or the history. */
export interface MetricReads {
  /** Those after the event `after`, up to and including `upTo`, in order. */
  happenings(after: number, upTo: number): Promise<Happening[]>;
  /** Of all pools, or of one. */
  queueStates(poolId?: string): Promise<QueueState[]>;
  /** A page of the dirty resources and those being cleaned, in order of id (as `Page`). */
  dirtyResources(after: string | null, limit: number): Promise<DirtyResource[]>;
}
