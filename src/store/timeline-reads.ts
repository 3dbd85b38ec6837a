import type { HistoryAsk, LaneHistory, LaneResource, Window } from '../domain/timeline/spans';

/** Look-ups for the timeline of a pool; see `Reads`. Their queries are as few for many resources. */
export interface TimelineReads {
  /** The first resources of a pool, at most `limit` in order of their numbers, and how many it has. */
  laneResources(
    poolId: string,
    limit: number,
  ): Promise<{ resources: LaneResource[]; total: number }>;
  /**
   * The history of resources in a window. A lease whose time has passed at `now` (epoch ms) is over,
   * whether or not a job has noticed.
   */
  laneHistory(ask: HistoryAsk, window: Window, now: number): Promise<LaneHistory>;
}
