import type { Pool } from '../../domain/pools/pool';
import { DriverError, type Driver, type DriverFactory, type DriverEnv } from '../../drivers/driver';

/** A driver, and how many calls use it now. */
interface Made {
  driver: Driver;
  uses: number;
  /** No present pool has its settings; it is closed after its last use. */
  retired: boolean;
}

/**
 * The drivers of a process: one for each pool and its settings, made when first needed. After a
 * change of settings, calls that began before it go on with their own driver.
 */
export class Drivers {
  private readonly made = new Map<string, Made>();

  constructor(
    readonly factories: ReadonlyMap<string, DriverFactory>,
    private readonly env: DriverEnv,
  ) {}

  /**
   * Does something with the driver of a pool, which stays open until that ends. Errors: those of
   * `work`, and a DriverError when the pool names a driver that this build lacks.
   */
  async use<T>(pool: Pool, work: (driver: Driver) => Promise<T>): Promise<T> {
    const made = this.of(pool);
    made.uses += 1;
    try {
      return await work(made.driver);
    } finally {
      made.uses -= 1;
      closeIfDone(made);
    }
  }

  private of(pool: Pool): Made {
    const key = keyOf(pool);
    const known = this.made.get(key);
    if (known) return known;
    const factory = this.factories.get(pool.driver);
    if (!factory) throw new DriverError('backend', `This server has no driver ${pool.driver}.`);
    const driver = factory.create(factory.settings.parse(pool.settings), this.env);
    const made = { driver, uses: 0, retired: false };
    this.made.set(key, made);
    return made;
  }

  /**
   * Lets go of all drivers but those of these pools with these settings; one that is in use is
   * closed when that ends.
   */
  retain(pools: readonly Pool[]): void {
    const present = new Set(pools.map(keyOf));
    for (const [key, made] of this.made) {
      if (present.has(key)) continue;
      this.made.delete(key);
      made.retired = true;
      closeIfDone(made);
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.made.values()].map(({ driver }) => driver.close()));
    this.made.clear();
  }
}

function keyOf({ id, settings }: Pool): string {
  return `${id} ${JSON.stringify(settings)}`;
}

function closeIfDone({ driver, uses, retired }: Made): void {
  if (retired && uses === 0) void driver.close().catch(() => undefined);
}
