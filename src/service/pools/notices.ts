import { fileOnlyIn } from '../../domain/pools/file-only';
import type { Pool } from '../../domain/pools/pool';
import type { DriverFactory } from '../../drivers/driver';
import type { Engine } from '../engine';

/** The most pools that a line names. */
const NAMED = 20;

/** Sentences for the log of each start: the pools that an operator should know of. */
export async function poolNotices(
  { store }: Engine,
  drivers: ReadonlyMap<string, DriverFactory>,
): Promise<string[]> {
  const pools = (await store.read.pools()).filter(({ deletingAt }) => deletingAt === null);
  return [...simulatedOf(pools), ...setByApi(pools, drivers)];
}

function simulatedOf(pools: readonly Pool[]): string[] {
  const simulated = pools.filter(({ capabilities }) => capabilities.simulates);
  if (simulated.length === 0) return [];
  return [
    `Simulated: ${listed(simulated.map(({ name }) => name))}. What these pools lend exists only in ` +
      'simulated.db; nothing real is made, cleaned or given a new password.',
  ];
}

/** Earlier versions let admins set anything of a driver, and such pools work on. */
function setByApi(pools: readonly Pool[], drivers: ReadonlyMap<string, DriverFactory>): string[] {
  return pools
    .filter(({ origin }) => origin === 'api')
    .map((pool) => ({ pool, names: fileOnlyIn(pool, drivers.get(pool.driver)?.fileOnly ?? []) }))
    .filter(({ names }) => names.length > 0)
    .map(
      ({ pool, names }) =>
        `Pool ${pool.name} was made through the API of an earlier version, with settings that only ` +
        `the pools file may set now: ${names.join(', ')}. They stay in force. Check them, or ` +
        'delete the pool and list it in the pools file.',
    );
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return [...names.slice(0, NAMED), ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
