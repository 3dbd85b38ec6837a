import type { Call, Driver, DiscoveredResource } from '../../src/drivers/driver';

/** All that a driver lists. */
export async function listed(
  driver: Driver,
  pool: string,
  call: Call,
): Promise<DiscoveredResource[]> {
  const found: DiscoveredResource[] = [];
  for await (const some of driver.list(pool, call)) found.push(...some);
  return found;
}
