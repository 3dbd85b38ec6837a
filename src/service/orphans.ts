import type { Pool } from '../domain/pool';
import type { Call } from '../drivers/driver';
import type { Drivers } from './drivers';
import type { Engine } from './engine';

/** What lies outside and belongs to nothing: left by a worker that died, or that came too late. Gives how many went. */
export async function removeOrphans(engine: Engine, drivers: Drivers, pool: Pool, signal: AbortSignal): Promise<number> {
  if (!pool.capabilities.provisions) return 0;
  const driver = drivers.of(pool);
  const call: Call = { operationId: `sweep-${engine.newId()}`, attempt: 1, requestId: null, signal };
  const found = await driver.list(pool.name, call);
  // Asked after the list was made: what came to be known meanwhile is known, what was made meanwhile is not listed.
  const known = await engine.store.read.known(
    found.map(({ operationId }) => operationId),
    found.map(({ handle }) => handle),
  );
  const orphans = found.filter(({ handle, operationId }) => !known.handles.includes(handle) && !known.operations.includes(operationId));
  for (const orphan of orphans) await driver.remove(orphan, call);
  return orphans.length;
}

/** Sweeps every pool; a back end that does not answer is told of and holds up no other. */
export async function sweep(engine: Engine, drivers: Drivers, deadlineMs: number, failed: (pool: Pool, error: unknown) => void): Promise<number> {
  const pools = await engine.store.read.pools();
  const swept = pools.map((pool) =>
    removeOrphans(engine, drivers, pool, AbortSignal.timeout(deadlineMs)).catch((error: unknown) => {
      failed(pool, error);
      return 0;
    }),
  );
  return (await Promise.all(swept)).reduce((sum, count) => sum + count, 0);
}
