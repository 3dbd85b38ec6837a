import { nothing } from '../../domain/change';
import { replan } from '../../domain/pools/replanning';
import { contextOf, type Engine } from '../engine';

/** How many idle resources one transaction plans anew. */
const PAGE = 200;

/**
 * Takes one bounded step for each pool whose policy has changed: plans its next idle resources by
 * it. Gives whether more are left. Only the job `reconcile` calls it.
 */
export async function replanIdle(engine: Engine): Promise<boolean> {
  const { store } = engine;
  let hasMore = false;
  for (const poolId of await store.read.poolsToReplan()) {
    const load = { load: 'replanning', poolId, limit: PAGE } as const;
    const left = await store.transact(load, (snapshot, now) =>
      snapshot ? replan(snapshot, contextOf(engine, now)) : nothing(false),
    );
    hasMore ||= left;
  }
  return hasMore;
}
