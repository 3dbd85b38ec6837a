import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { assets } from '../src/assets';
import { sharedClock } from '../src/clock';
import { sealer } from '../src/crypto/sealing';
import { systemRandom } from '../src/crypto/random';
import type { Principal } from '../src/domain/people/user';
import { SCOPES } from '../src/domain/people/user';
import { SimulatedCloud, simulatedDriver } from '../src/drivers/simulated';
import { newId } from '../src/ids';
import { parsePoolsFile } from '../src/pools-file/parse';
import type { Engine } from '../src/service/engine';
import { Reconciler } from '../src/service/jobs/reconciler';
import { applyPoolsFile } from '../src/service/pools/pools-file';
import { upgrade } from '../src/store/sqlite/database';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store';

export const MASTER_KEY = Buffer.alloc(32, 7);

export const SOMEBODY: Principal = {
  userId: 'bench',
  userName: 'bench',
  role: 'user',
  apiTokenId: null,
  scopes: SCOPES,
  maxPriority: 100,
};

const directories: string[] = [];

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  directories.push(directory);
  return directory;
}

export function cleanUp(): void {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

/** An engine on a data directory, as the HTTP thread of a server has it. */
export function openEngine(dataDir: string): Engine {
  const file = join(dataDir, 'holdfast.db');
  upgrade(file, assets.migrations());
  return {
    store: openSqliteStore(file, { clock: sharedClock() }),
    sealer: sealer(MASTER_KEY),
    random: systemRandom,
    newId,
  };
}

/**
 * A data directory with these pools, their resources ready to be lent without a driver having been
 * asked.
 */
export async function groundOf(pools: string): Promise<string> {
  const dataDir = temporaryDirectory();
  const engine = openEngine(dataDir);
  const drivers = new Map([[simulatedDriver.name, simulatedDriver]]);
  await applyPoolsFile(engine, parsePoolsFile(pools, { file: 'bench', drivers, env: {} }));
  await new Reconciler(engine).settle();
  await engine.store.claimMetadata('installation', 'bench');
  await engine.store.close();
  await SimulatedCloud.open(dataDir).close();
  const connection = new Database(join(dataDir, 'holdfast.db'));
  connection.exec(`UPDATE resources
      SET status = 'available', next_operation = NULL, due_at = NULL, handle = id;
    ATTACH '${join(dataDir, 'simulated.db')}' AS cloud;
    INSERT INTO cloud.things (handle, installation, pool, resource_id, operation_id, attempt,
        name, kind, type, host, generation, last_operation)
      SELECT r.id, 'bench', p.name, r.id, r.id, 1, r.name, r.kind, r.type, r.name, 0, ''
      FROM main.resources r JOIN main.pools p ON p.id = r.pool_id;
    PRAGMA main.wal_checkpoint(TRUNCATE); PRAGMA cloud.wal_checkpoint(TRUNCATE);`);
  connection.close();
  return dataDir;
}

/** Does `count` things, so many at once. */
export async function inTurns(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      for (let index = next++; index < count; index = next++) await work(index);
    }),
  );
}

/** How long it takes, in ms. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
