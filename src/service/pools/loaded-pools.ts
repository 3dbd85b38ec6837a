import type { PoolCopy } from '../../domain/pools/pools-file';
import type { Engine } from '../engine';

/** The name under which the file that was applied last is stored. */
export const COPY = 'pools_file';

/** A copy as it may be stored: one from before there were other lists has the names of its accounts. */
type StoredCopy = Omit<PoolCopy, 'listed'> & { listed?: PoolCopy['listed']; accounts?: string[] };

/** The pools of the file that was applied last, without secrets; empty before the first. */
export async function loadedPools({ store }: Engine): Promise<PoolCopy[]> {
  const stored = JSON.parse((await store.metadata(COPY)) ?? '[]') as StoredCopy[];
  return stored.map(({ accounts = [], ...copy }) => ({
    ...copy,
    listed: copy.listed ?? accounts.map((name) => ({ name, fields: {} })),
  }));
}

/** Has a pools file, or the example, ever been applied to this database? */
export async function hasLoadedPools(engine: Engine): Promise<boolean> {
  return (await engine.store.metadata(COPY)) !== null;
}
