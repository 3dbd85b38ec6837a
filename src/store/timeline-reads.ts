import type { TimelineRows, Window } from '../domain/timeline/spans';

/** What a timeline asks for: the first resources of a pool in order of their numbers, and a window. */
export interface TimelineAsk extends Window {
  poolId: string;
  /** The most resources. */
  limit: number;
  /** Epoch ms: a lease whose time has passed is over, whether or not a job has noticed. */
  now: number;
}

/** Look-ups for the timeline of a pool; see `Reads`. */
export interface TimelineReads {
  /**
   * The resources of a pool with what happened to them in a window: of each, the loans and ways back
   * of its last generations. The number of queries does not depend on how many resources there are.
   */
  timeline(ask: TimelineAsk): Promise<TimelineRows>;
}
