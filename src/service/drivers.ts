import type { Pool } from '../domain/pool';
import { DriverError, type Driver, type DriverFactory, type DriverSurroundings } from '../drivers/driver';

/** The drivers of a process: one for each pool's settings, made when first needed. */
export class Drivers {
  private readonly made = new Map<string, { settings: string; driver: Driver }>();

  constructor(
    readonly factories: ReadonlyMap<string, DriverFactory>,
    private readonly surroundings: DriverSurroundings,
  ) {}

  /** The driver of a pool. Errors: a DriverError when the pool names a driver that this build lacks. */
  of(pool: Pool): Driver {
    const settings = JSON.stringify(pool.settings);
    const known = this.made.get(pool.id);
    if (known?.settings === settings) return known.driver;
    const factory = this.factories.get(pool.driver);
    if (!factory) throw new DriverError('backend', `This server has no driver ${pool.driver}.`);
    const driver = factory.create(factory.settings.parse(pool.settings), this.surroundings);
    this.made.set(pool.id, { settings, driver });
    // The old one may still be in use by a call under way, which ends by itself; only then is it closed.
    if (known) setTimeout(() => void known.driver.close().catch(() => undefined), pool.policy.cleaning.deadline * 2).unref();
    return driver;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.made.values()].map(({ driver }) => driver.close()));
    this.made.clear();
  }
}
