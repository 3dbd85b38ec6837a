import { join } from 'node:path';
import { systemRandom } from '../../../src/crypto/random';
import { sealer } from '../../../src/crypto/sealing';
import { OPERATION_KINDS } from '../../../src/domain/operation';
import { simulatedDriver } from '../../../src/drivers/simulated';
import type { DriverFactory } from '../../../src/drivers/driver';
import { newId } from '../../../src/ids';
import { Drivers } from '../../../src/service/drivers';
import type { Engine } from '../../../src/service/engine';
import { expireOverdue } from '../../../src/service/expiry';
import { serveLines } from '../../../src/service/lines';
import { sweep } from '../../../src/service/orphans';
import { Pools } from '../../../src/service/pools';
import { Workshop } from '../../../src/service/workshop';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store';
import { TestClock } from '../../helpers/engine';

/** The master key of servers whose data we go on with here. */
export const MASTER_KEY = Buffer.alloc(32, 7);

/** Longer than any claim, back-off or breaker of the tests' pools; ms. */
export const PAST_ALL = 3 * 3_600_000;

/** The jobs of a data directory that no server serves now, with a clock that we move. */
export class Repairs {
  readonly clock: TestClock;

  private constructor(
    readonly engine: Engine,
    readonly drivers: Drivers,
    clock: TestClock,
  ) {
    this.clock = clock;
  }

  static async open(dataDir: string, factories: DriverFactory[] = []): Promise<Repairs> {
    const clock = new TestClock(Date.now());
    const engine: Engine = { store: openSqliteStore(join(dataDir, 'holdfast.db'), { clock }), sealer: sealer(MASTER_KEY), random: systemRandom, newId };
    clock.at = engine.store.now();
    const installation = (await engine.store.fact('installation')) ?? 'test';
    const known = new Map([simulatedDriver as DriverFactory, ...factories].map((factory) => [factory.name, factory]));
    const dockerHost = process.env.DOCKER_HOST;
    return new Repairs(engine, new Drivers(known, { dataDir, installation, dockerHost, random: systemRandom }), clock);
  }

  /** One pass: each job once, with the clock past claims and back-off. */
  async pass(): Promise<void> {
    this.clock.advance(PAST_ALL);
    await this.passNow();
  }

  /** One pass at this moment. */
  async passNow(): Promise<void> {
    await expireOverdue(this.engine);
    await new Pools(this.engine).settleAll();
    const workshop = new Workshop(this.engine, this.drivers, OPERATION_KINDS, 'repairs', (error) => {
      throw error;
    });
    await workshop.settle();
    await serveLines(this.engine);
    await sweep(this.engine, this.drivers, 30_000, (pool, error) => {
      throw new Error(`${pool.name} could not be swept`, { cause: error });
    });
  }

  async close(): Promise<void> {
    await this.drivers.close();
    await this.engine.store.close();
  }
}
