import type { Engine } from '../engine';

interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/**
 * Logs pools whose back end fails (its engine is away, an image is missing): once when that begins,
 * once for every new reason, and once when it is over. Retries that fail for the same reason are
 * not logged. Each call looks at the present state.
 */
export function tellerOfFailingPools(
  { store }: Pick<Engine, 'store'>,
  log: Log,
): () => Promise<void> {
  const told = new Map<string, Set<string>>();
  return async () => {
    const failing = new Map(
      (await store.read.failingPools()).map(({ poolId, reason }) => [poolId, reason]),
    );
    if (failing.size === 0 && told.size === 0) return;
    const pools = new Map((await store.read.pools()).map(({ id, name }) => [id, name]));
    for (const [poolId, reason] of failing) {
      const known = told.get(poolId) ?? new Set();
      if (!known.has(reason))
        log.warn(
          { pool: pools.get(poolId), reason },
          'the back end of the pool is failing; nothing is made, cleaned or opened there until it recovers',
        );
      told.set(poolId, known.add(reason));
    }
    for (const poolId of [...told.keys()].filter((id) => !failing.has(id))) {
      told.delete(poolId);
      if (pools.has(poolId))
        log.info({ pool: pools.get(poolId) }, 'the back end of the pool has recovered');
    }
  };
}
