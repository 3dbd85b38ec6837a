import { fileOnlyNotOf } from '../../domain/pools/file-only';
import type { Pool } from '../../domain/pools/pool';
import type { PoolCopy } from '../../domain/pools/pools-file';
import type { DriverFactory } from '../../drivers/driver';
import type { Engine } from '../engine';
import { loadedPools } from './loaded-pools';

/** The most pools that a line names. */
const NAMED = 20;

/** Sentences for the log of each start: the pools that an operator should know of. */
export async function poolNotices(
  engine: Engine,
  drivers: ReadonlyMap<string, DriverFactory>,
): Promise<string[]> {
  const existing = await engine.store.read.pools();
  const pools = existing.filter(({ deletingAt }) => deletingAt === null);
  return [
    ...simulatedOf(pools),
    ...lentAsIs(pools),
    ...notOfFile(pools, await loadedPools(engine), drivers),
  ];
}

function simulatedOf(pools: readonly Pool[]): string[] {
  const simulated = pools.filter(({ capabilities }) => capabilities.simulates);
  if (simulated.length === 0) return [];
  return [
    `Simulated: ${listed(simulated.map(({ name }) => name))}. What these pools lend exists only in ` +
      'simulated.db; nothing real is made, cleaned or given a new password.',
  ];
}

function lentAsIs(pools: readonly Pool[]): string[] {
  const names = pools.filter(({ capabilities }) => capabilities.lendsAsIs).map(({ name }) => name);
  if (names.length === 0) return [];
  return [
    `Cannot be rotated: ${listed(names)}. These pools lend things as they are; whoever has borrowed ` +
      'one may still know its credential.',
  ];
}

/** Earlier versions let admins set anything of a driver, and such pools work on. */
function notOfFile(
  pools: readonly Pool[],
  loaded: readonly PoolCopy[],
  drivers: ReadonlyMap<string, DriverFactory>,
): string[] {
  return pools.flatMap((pool) => {
    const file = pool.origin === 'file' ? loaded.find(({ name }) => name === pool.name) : undefined;
    const names = fileOnlyNotOf(file ?? null, pool, drivers.get(pool.driver)?.fileOnly ?? []);
    return names.length === 0
      ? []
      : [`Pool ${pool.name} ${PLANTED[pool.origin](names.join(', '))}`];
  });
}

/** By the origin of a pool: where its settings come from, and what to do about it. */
const PLANTED: Record<Pool['origin'], (names: string) => string> = {
  api: (names) =>
    'was made through the API of an earlier version, with settings that only the pools file may set ' +
    `now: ${names}. They stay in force. Check them, or delete the pool and list it in the pools file.`,
  file: (names) =>
    'has settings that only the pools file may set, but not as the file had them when it was loaded ' +
    `last: ${names}. They stay in force until a start with POOLS_FILE, which sets them as the file ` +
    'has them.',
};

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
