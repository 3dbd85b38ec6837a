export interface QueuedItem {
  /** The classes that can serve it. */
  classes: number[];
  /** The one resource it asks for by name, or null. */
  resourceId: string | null;
  missing: number;
}

export interface QueuedRequest {
  reservationId: string;
  rank: number;
  requestedAt: number;
  overtaken: number;
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
  held: { reservationId: string; pick: Pick }[];
  /** How many resources an item still misses, where that changed. */
  missing: { reservationId: string; item: number; missing: number }[];
  promotions: { reservationId: string; rank: number }[];
  overtakes: { reservationId: string; overtaken: number }[];
}
