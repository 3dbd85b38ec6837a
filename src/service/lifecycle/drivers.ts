import type { Pool } from '../../domain/pools/pool';
import { DriverError, type Driver, type DriverFactory, type DriverEnv } from '../../drivers/driver';

/** How long a sweep that began before its pool was deleted may still use the driver, in ms. */
const LAST_CALL = 60_000;

/** The drivers of a process: one for each pool's settings, made when first needed. */
export class Drivers {
  private readonly made = new Map<string, { settings: string; driver: Driver }>();

  constructor(
    readonly factories: ReadonlyMap<string, DriverFactory>,
    private readonly env: DriverEnv,
  ) {}

  /**
   * The driver of a pool. Errors: a DriverError when the pool names a driver that this build lacks.
   */
  of(pool: Pool): Driver {
    const settings = JSON.stringify(pool.settings);
    const known = this.made.get(pool.id);
    if (known?.settings === settings) return known.driver;
    const factory = this.factories.get(pool.driver);
    if (!factory) throw new DriverError('backend', `This server has no driver ${pool.driver}.`);
    const driver = factory.create(factory.settings.parse(pool.settings), this.env);
    this.made.set(pool.id, { settings, driver });
    if (known) retire(known.driver, pool.policy.cleaning.deadline * 2);
    return driver;
  }

  /**
   * Lets go of the drivers of all other pools: those pools are deleted and have no operation under
   * way.
   */
  retain(pools: readonly Pool[]): void {
    const present = new Set(pools.map(({ id }) => id));
    for (const [id, { driver }] of this.made) {
      if (present.has(id)) continue;
      this.made.delete(id);
      retire(driver, LAST_CALL);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.made.values()].map(({ driver }) => driver.close()));
    this.made.clear();
  }
}

/** A sweep may still use the driver and ends by itself; the driver is closed only then. */
function retire(driver: Driver, afterMs: number): void {
  setTimeout(() => void driver.close().catch(() => undefined), afterMs).unref();
}
