import type { PoolCopy } from '../../domain/pools/pools-file';
import type { Engine } from '../engine';

/** The name under which the file that was applied last is stored. */
export const COPY = 'pools_file';

/** The pools of the file that was applied last, without secrets; empty before the first. */
export async function loadedPools({ store }: Engine): Promise<PoolCopy[]> {
  return JSON.parse((await store.metadata(COPY)) ?? '[]') as PoolCopy[];
}

/** Has a pools file, or the example, ever been applied to this database? */
export async function hasLoadedPools(engine: Engine): Promise<boolean> {
  return (await engine.store.metadata(COPY)) !== null;
}
