import { join } from 'node:path';
import { Reconciler } from '../../../src/service/jobs/reconciler';
import { systemRandom } from '../../../src/crypto/random';
import { sealer } from '../../../src/crypto/sealing';
import { completeOperation } from '../../../src/domain/lifecycle/completion';
import type { OperationResult } from '../../../src/domain/lifecycle/operation-result';
import { OPERATION_KINDS } from '../../../src/domain/lifecycle/operation';
import { claim, type ClaimedOperation } from '../../../src/domain/lifecycle/claims';
import { dockerDriver } from '../../../src/drivers/docker';
import { simulatedDriver } from '../../../src/drivers/simulated';
import type { DriverFactory } from '../../../src/drivers/driver';
import { newId } from '../../../src/ids';
import { parsePoolsFile } from '../../../src/pools-file/parse';
import { Drivers } from '../../../src/service/lifecycle/drivers';
import { contextOf, type Engine } from '../../../src/service/engine';
import { expireOverdue } from '../../../src/service/loans/expiry';
import { serveQueues } from '../../../src/service/loans/queues';
import { sweep } from '../../../src/service/lifecycle/orphans';
import { invokeDriver } from '../../../src/service/lifecycle/driver-calls';
import { applyPoolsFile } from '../../../src/service/pools/pools-file';
import { OperationRunner } from '../../../src/service/lifecycle/operation-runner';
import { upgrade } from '../../../src/store/sqlite/database';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store';
import { MIGRATIONS } from '../../helpers/database';
import { TestClock } from '../../helpers/engine';

/** The master key of servers whose data we continue with here. */
export const MASTER_KEY = Buffer.alloc(32, 7);

/** Longer than any claim, back-off or breaker of the tests' pools; ms. */
export const PAST_ALL = 3 * 3_600_000;

export interface ByHandOptions {
  factories?: DriverFactory[];
  /** Labels what is made outside, if the database does not have a label yet. */
  installation?: string;
}

/**
 * The jobs of a data directory that no server serves now, run step by step, with a clock that we
 * move.
 */
export class JobsByHand {
  private constructor(
    readonly engine: Engine,
    readonly drivers: Drivers,
    readonly clock: TestClock,
    /** Drivers of the same installation that use a Docker engine somewhere else. */
    readonly driversBehind: (dockerHost: string) => Drivers,
  ) {}

  static async open(
    dataDir: string,
    { factories = [], installation = 'test' }: ByHandOptions = {},
  ): Promise<JobsByHand> {
    const file = join(dataDir, 'holdfast.db');
    upgrade(file, MIGRATIONS);
    const clock = new TestClock(Date.now());
    const store = openSqliteStore(file, { clock });
    clock.at = store.now();
    const engine: Engine = { store, sealer: sealer(MASTER_KEY), random: systemRandom, newId };
    const marked = await store.claimMetadata('installation', installation);
    const known = new Map(
      [simulatedDriver as DriverFactory, dockerDriver as DriverFactory, ...factories].map(
        (factory) => [factory.name, factory],
      ),
    );
    const driversBehind = (dockerHost: string | undefined) =>
      new Drivers(known, {
        dataDir,
        installation: marked,
        variables: { DOCKER_HOST: dockerHost },
        random: systemRandom,
      });
    return new JobsByHand(engine, driversBehind(process.env.DOCKER_HOST), clock, driversBehind);
  }

  async load(pools: string): Promise<void> {
    await applyPoolsFile(
      this.engine,
      parsePoolsFile(pools, { file: 'pools.yaml', drivers: this.drivers.factories, env: {} }),
    );
    await new Reconciler(this.engine).settle();
  }

  /** One pass: each job once, with the clock past claims and back-off, by `ms`. */
  async pass(ms = PAST_ALL): Promise<void> {
    this.clock.advance(ms);
    await this.passNow();
  }

  /** One pass at this moment. */
  async passNow(): Promise<void> {
    await expireOverdue(this.engine);
    await new Reconciler(this.engine).settle();
    await this.runner().settle();
    await serveQueues(this.engine);
    await this.sweep();
  }

  /** Removes orphans. */
  async sweep(drivers = this.drivers): Promise<void> {
    await sweep(this.engine, drivers, 30_000, (pool, error) => {
      throw new Error(`${pool.name} could not be swept`, { cause: error });
    });
  }

  runner(worker = 'by hand'): OperationRunner {
    return new OperationRunner(this.engine, this.drivers, OPERATION_KINDS, worker, (error) => {
      throw error;
    });
  }

  /** Claims what is due, as a worker does, and stops there. */
  claimDue(): Promise<ClaimedOperation[]> {
    return this.engine.store.transact(
      { load: 'work', kinds: OPERATION_KINDS, limit: 64 },
      (snapshot, now) => claim(snapshot, 'by hand', contextOf(this.engine, now)),
    );
  }

  /** Makes the calls of a claimed operation, and reports none of them. */
  call(task: ClaimedOperation): Promise<OperationResult> {
    return invokeDriver(this.engine, this.drivers, task);
  }

  /** Reports the outcomes of calls; gives what is to be done next. */
  report(task: ClaimedOperation, result: OperationResult): Promise<ClaimedOperation | null> {
    return this.engine.store.transact(
      { load: 'operation', id: task.operation.id },
      (snapshot, now) =>
        completeOperation(
          snapshot!,
          task.operation.attempt,
          result,
          'by hand',
          contextOf(this.engine, now),
        ),
    );
  }

  async close(): Promise<void> {
    await this.drivers.close();
    await this.engine.store.close();
  }
}
