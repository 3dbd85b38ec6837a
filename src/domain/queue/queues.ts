import type { Outlooks } from './absent';

export interface QueuedItem {
  /** The classes that can serve it. */
  classes: number[];
  /** The one resource it asks for by name, or null. */
  resourceId: string | null;
  count: number;
  /** How many of `count` are not held for it. */
  missing: number;
}

export interface QueuedRequest {
  reservationId: string;
  rank: number;
  requestedAt: number;
  overtaken: number;
  /** How long it keeps what it gets at most, its preparation included, in ms; null: no end. */
  lasts: number | null;
  /** It holds nothing, because something that it lacks cannot come by itself. */
  parked: boolean;
  items: QueuedItem[];
}

/** A resource that can be given away now, or is held for `heldFor`. */
export interface Candidate {
  resourceId: string;
  classId: number;
  poolId: string;
  generation: number;
  rank: number;
  operationId: string | null;
  heldFor: string | null;
  heldItem: number | null;
  /** If it is held for another: when a loan of it must be over, cleaning excluded; epoch ms. */
  lendUntil?: number;
}

/**
 * The heads of some queues, and the resources that could serve them; a bounded part, however large
 * pools and queues are.
 */
export interface Queues {
  /** The first of each queue and those that name a loaded candidate, each with all its items. */
  requests: QueuedRequest[];
  /** Available resources of the classes, best first. */
  available: Candidate[];
  /** The resources held for the loaded requests. */
  held: Candidate[];
  /**
   * Resources held for others who wait for more, and which may be lent until that comes: those with
   * the most time first.
   */
  lendable: Candidate[];
  /** When the classes and resources that the loaded requests lack can serve them. */
  outlooks: Outlooks;
  /**
   * By class, the requests that have waited longest and are not promoted, for every queue in which
   * a request may get ahead.
   */
  longestWaiting: Record<number, LongestWaiting>;
  /**
   * The last head loaded of each longer queue; requests ranked after it are not served there before
   * the next transaction.
   */
  queueCutoffs: Record<number, QueuedRequest>;
}

export interface LongestWaiting {
  /** The oldest first. */
  requests: QueuedRequest[];
  /** Are there more, which were not loaded? */
  more: boolean;
}

export interface Pick {
  item: number;
  candidate: Candidate;
}

export interface Schedule {
  grants: { reservationId: string; picks: Pick[] }[];
  /** `until`: until when a pick may be lent meanwhile; null: not at all. */
  held: { reservationId: string; pick: Pick; until: number | null }[];
  /** Requests that hold nothing from now on, with the resources that they held. */
  parked: { reservationId: string; released: Candidate[] }[];
  /** Requests that were parked, and hold something again. */
  unparked: string[];
  /** Items of other requests that a grant took a held resource from. */
  taken: { reservationId: string; item: number }[];
  /** How many resources an item still misses, where that changed. */
  missing: { reservationId: string; item: number; missing: number }[];
  promotions: { reservationId: string; rank: number }[];
  overtakes: { reservationId: string; overtaken: number }[];
}
