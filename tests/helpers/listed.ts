import type { Call, Driver, Found } from '../../src/drivers/driver';

/** All that a driver lists. */
export async function listed(driver: Driver, pool: string, call: Call): Promise<Found[]> {
  const found: Found[] = [];
  for await (const some of driver.list(pool, call)) found.push(...some);
  return found;
}
