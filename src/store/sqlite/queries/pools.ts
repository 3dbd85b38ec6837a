import type { PoolCache } from '../pool-cache';
import type { Answers } from './types';

/** Pools, which are cached between transactions. */
export function poolAnswers(
  pools: PoolCache,
): Pick<Answers, 'pools' | 'poolsById' | 'poolsByName'> {
  return {
    pools: () => pools.all(),
    poolsById: ({ ids }) => ids.map((id) => pools.byId(id)).filter((entry) => entry !== null),
    poolsByName: ({ names }) => names.map((name) => pools.byName(name)),
  };
}
