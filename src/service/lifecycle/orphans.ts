import type { Pool } from '../../domain/pools/pool';
import type { Call, DiscoveredResource } from '../../drivers/driver';
import type { Drivers } from './drivers';
import type { Engine } from '../engine';

/** Found things looked up at once. */
const BATCH = 500;

/**
 * Removes whatever lies outside and belongs to nothing: left by a worker that died, or made too
 * late. Gives the number removed.
 */
export async function removeOrphans(
  engine: Engine,
  drivers: Drivers,
  pool: Pool,
  signal: AbortSignal,
): Promise<number> {
  if (!pool.capabilities.provisions) return 0;
  const driver = drivers.of(pool);
  const call: Call = {
    operationId: `sweep-${engine.newId()}`,
    attempt: 1,
    requestId: null,
    signal,
  };
  let removed = 0;
  for await (const found of driver.list(pool.name, call)) {
    for (let at = 0; at < found.length; at += BATCH) {
      const orphans = await orphansOf(engine, found.slice(at, at + BATCH));
      for (const orphan of orphans) await driver.remove(orphan, call);
      removed += orphans.length;
    }
  }
  return removed;
}

/** Asked after they were found: what came to be known meanwhile is known. */
async function orphansOf(
  engine: Engine,
  found: DiscoveredResource[],
): Promise<DiscoveredResource[]> {
  const operationIds = found.map(({ operationId }) => operationId);
  const resourceIds = found.map(({ resourceId }) => resourceId);
  const known = await engine.store.read.known(operationIds, resourceIds);
  const handles = new Set(known.handles);
  const operations = new Set(known.operations);
  return found.filter(
    ({ handle, operationId }) => !handles.has(handle) && !operations.has(operationId),
  );
}

/** Sweeps every pool. A back end that does not answer is reported, and delays no other. */
export async function sweep(
  engine: Engine,
  drivers: Drivers,
  deadlineMs: number,
  failed: (pool: Pool, error: unknown) => void,
): Promise<number> {
  const pools = await engine.store.read.pools();
  const swept = pools.map((pool) =>
    removeOrphans(engine, drivers, pool, AbortSignal.timeout(deadlineMs)).catch(
      (error: unknown) => {
        failed(pool, error);
        return 0;
      },
    ),
  );
  return (await Promise.all(swept)).reduce((sum, count) => sum + count, 0);
}
