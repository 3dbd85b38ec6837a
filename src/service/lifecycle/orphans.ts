import type { Pool } from '../../domain/pools/pool';
import type { Call, DiscoveredResource, Driver } from '../../drivers/driver';
import { removeDeletedPool } from '../pools/pool-sizes';
import type { Drivers } from './drivers';
import type { Engine } from '../engine';

/** The most resources found at a back end that are looked up at once. */
const BATCH = 500;

/**
 * Removes resources at a back end that no row accounts for: left by a worker that died, or created
 * by a call that ended too late. Returns how many were removed.
 */
export async function removeOrphans(
  engine: Engine,
  drivers: Drivers,
  pool: Pool,
  signal: AbortSignal,
): Promise<number> {
  if (!pool.capabilities.provisions) return 0;
  const call: Call = {
    operationId: `sweep-${engine.newId()}`,
    attempt: 1,
    requestId: null,
    memo: null,
    show: () => undefined,
    signal,
  };
  return drivers.use(pool, (driver) => removeFrom(engine, driver, pool.name, call));
}

async function removeFrom(
  engine: Engine,
  driver: Driver,
  pool: string,
  call: Call,
): Promise<number> {
  let removed = 0;
  for await (const found of driver.list(pool, call)) {
    for (let at = 0; at < found.length; at += BATCH) {
      const orphans = await orphansOf(engine, found.slice(at, at + BATCH));
      for (const orphan of orphans) await driver.remove(orphan, call);
      removed += orphans.length;
    }
  }
  return removed;
}

/**
 * The rows are read after the back end was listed, so a resource that was recorded meanwhile is no
 * orphan.
 */
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

/** Sweeps a pool, and removes it if it is deleted and only a sweep was missing. */
async function sweepPool(
  engine: Engine,
  drivers: Drivers,
  pool: Pool,
  signal: AbortSignal,
): Promise<number> {
  const sweptAt = engine.store.now();
  const removed = await removeOrphans(engine, drivers, pool, signal);
  if (pool.deletingAt !== null) await removeDeletedPool(engine, pool, sweptAt);
  return removed;
}

/** Sweeps every pool; a back end that does not answer is reported and does not delay the others. */
export async function sweep(
  engine: Engine,
  drivers: Drivers,
  deadlineMs: number,
  failed: (pool: Pool, error: unknown) => void,
): Promise<number> {
  const pools = await engine.store.read.pools();
  const swept = pools.map((pool) =>
    sweepPool(engine, drivers, pool, AbortSignal.timeout(deadlineMs)).catch((error: unknown) => {
      failed(pool, error);
      return 0;
    }),
  );
  return (await Promise.all(swept)).reduce((sum, count) => sum + count, 0);
}
