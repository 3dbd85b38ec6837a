import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/clock';
import { sealer } from '../../src/crypto/sealing';
import { systemRandom } from '../../src/crypto/random';
import type { Principal } from '../../src/domain/people/user';
import { SCOPES } from '../../src/domain/people/user';
import { simulatedDriver, SimulatedCloud } from '../../src/drivers/simulated';
import type { DriverFactory, RandomSource } from '../../src/drivers/driver';
import { idsBy, newId } from '../../src/ids';
import { parsePoolsFile, type PoolsFile } from '../../src/pools-file/parse';
import { Drivers } from '../../src/service/lifecycle/drivers';
import type { Engine } from '../../src/service/engine';
import { expireOverdue } from '../../src/service/loans/expiry';
import { Reconciler } from '../../src/service/jobs/reconciler';
import { applyPoolsFile } from '../../src/service/pools/pools-file';
import { Reservations, type ReservationRequest } from '../../src/service/loans/reservations';
import { viewReservation, type ReservationView } from '../../src/service/loans/views';
import { OperationRunner } from '../../src/service/lifecycle/operation-runner';
import { OPERATION_KINDS } from '../../src/domain/lifecycle/operation';
import { completeOperation } from '../../src/domain/lifecycle/completion';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import type { Resource } from '../../src/domain/lifecycle/resource';
import { claim, type ClaimedOperation } from '../../src/domain/lifecycle/claims';
import { contextOf } from '../../src/service/engine';
import { invokeDriver } from '../../src/service/lifecycle/driver-calls';
import { recoverAll } from '../../src/service/installation/recovery';
import type { Store } from '../../src/store/store';
import { upgrade } from '../../src/store/sqlite/database';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import { whenDone } from './cleanups';
import { makeDatabase, MIGRATIONS } from './database';
import { writingOnce } from './writing-once';

/** A clock that stands still until it is moved; epoch ms. */
export class TestClock implements Clock {
  constructor(public at = Date.parse('2026-01-01T00:00:00Z')) {}

  now(): number {
    return this.at;
  }

  /** Moves it by `ms`. */
  advance(ms: number): void {
    this.at += ms;
  }
}

/** A directory that is removed when the test file is done. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  whenDone(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface TestEngineOptions {
  /** A pools file; empty by default. */
  pools?: string;
  dataDir?: string;
  clock?: TestClock;
  factories?: DriverFactory[];
  /** How long a write waits for other connections, in ms. */
  busyDeadlineMs?: number;
  random?: RandomSource;
  /** Dates ids by the clock, as a server does; by default they have the time of the machine. */
  datesIds?: boolean;
  /** Wraps the store. */
  wrap?: (store: Store) => Store;
  /** The schema is known to be up to date. */
  migrated?: boolean;
}

/**
 * An engine on a real database in a directory of its own, with an injected clock and the simulated
 * driver.
 */
export class TestEngine {
  private constructor(
    readonly engine: Engine,
    readonly drivers: Drivers,
    readonly clock: TestClock,
    readonly dataDir: string,
    readonly cloud: SimulatedCloud,
    private readonly options: TestEngineOptions,
  ) {}

  static async start(options: TestEngineOptions = {}): Promise<TestEngine> {
    const {
      pools,
      dataDir = temporaryDirectory(),
      clock = new TestClock(),
      factories = [],
      busyDeadlineMs,
      random = systemRandom,
      wrap,
      migrated = false,
    } = options;
    const file = join(dataDir, 'holdfast.db');
    if (!existsSync(file)) makeDatabase(file);
    else if (!migrated) upgrade(file, MIGRATIONS);
    const opened = openSqliteStore(file, { clock, busyDeadlineMs });
    const engine: Engine = {
      store: writingOnce(wrap?.(opened) ?? opened),
      sealer: sealer(Buffer.alloc(32, 7)),
      random,
      newId: options.datesIds ? idsBy(clock) : newId,
    };
    const known = new Map<string, DriverFactory>(
      [simulatedDriver, ...factories].map((factory) => [factory.name, factory]),
    );
    const drivers = new Drivers(known, {
      dataDir,
      installation: 'test',
      variables: {},
      random: systemRandom,
      now: () => clock.now(),
    });
    const test = new TestEngine(
      engine,
      drivers,
      clock,
      dataDir,
      SimulatedCloud.open(dataDir),
      options,
    );
    whenDone(() => test.stop());
    if (pools !== undefined) {
      await test.load(pools);
      await test.settle();
    }
    return test;
  }

  private stopped = false;

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.drivers.close();
    await this.cloud.close();
    await this.engine.store.close();
  }

  /**
   * Another process on the same data, after this one died silently; it has done its start-up, and
   * nothing more.
   */
  async restart(): Promise<TestEngine> {
    await this.stop();
    const next = await this.another();
    await recoverAll(next.engine);
    return next;
  }

  /** Another process on the same data, beside this one. */
  another(): Promise<TestEngine> {
    return TestEngine.start({
      ...this.options,
      pools: undefined,
      dataDir: this.dataDir,
      clock: this.clock,
    });
  }

  /** Applies a pools file; gives the warnings. */
  async load(text: string): Promise<string[]> {
    return (await applyPoolsFile(this.engine, this.poolsFile(text))).warnings;
  }

  /** A pools file, parsed. */
  poolsFile(text: string): PoolsFile {
    return parsePoolsFile(text, { file: 'pools.yaml', drivers: this.drivers.factories, env: {} });
  }

  /** `stopwatch`: how long calls seem to take, in ms; by default as long as they do. */
  runner(worker = 'worker', stopwatch?: () => number): OperationRunner {
    const failed = (error: unknown) => {
      throw error;
    };
    const { engine, drivers } = this;
    return new OperationRunner(engine, drivers, OPERATION_KINDS, worker, failed, stopwatch);
  }

  /** Claims what is due, as a worker does, and stops there. */
  claimDue(worker = 'worker', limit = 64): Promise<ClaimedOperation[]> {
    return this.engine.store.transact(
      { load: 'work', kinds: OPERATION_KINDS, limit },
      (snapshot, now) => claim(snapshot, worker, contextOf(this.engine, now)),
    );
  }

  /** Makes the calls of a claimed operation, and reports none of them. */
  call(task: ClaimedOperation): Promise<OperationResult> {
    return invokeDriver(this.engine, this.drivers, task);
  }

  /** Reports the outcomes of calls; gives what the same worker is to do next. */
  report(
    task: ClaimedOperation,
    result: OperationResult,
    worker = 'worker',
  ): Promise<ClaimedOperation | null> {
    return this.engine.store.transact(
      { load: 'operation', id: task.operation.id },
      (snapshot, now) =>
        completeOperation(
          snapshot!,
          task.operation.attempt,
          result,
          worker,
          contextOf(this.engine, now),
        ),
    );
  }

  /** Lets time pass, then does what has become due. */
  async after(ms: number): Promise<void> {
    this.clock.advance(ms);
    await this.settle();
  }

  async resource(name: string): Promise<Resource> {
    return (await this.engine.store.read.resource(name))!.resource;
  }

  /** Does the thing behind a resource accept this credential? */
  letsIn(resource: Resource, credential: { username?: string; password?: string }): boolean {
    return this.cloud.tryLogin(resource.handle!, credential.username, credential.password!);
  }

  /** Ends what is overdue. */
  async expire(): Promise<void> {
    await expireOverdue(this.engine);
  }

  /** What the job `reconcile` does besides driver calls, until nothing is left to do. */
  reconcile(): Promise<void> {
    return new Reconciler(this.engine).settle();
  }

  /** Does what is due now until nothing is. */
  async settle(): Promise<void> {
    await this.reconcile();
    await expireOverdue(this.engine);
    let written: number;
    do {
      await this.runner().settle();
      written = this.engine.store.rowsWritten();
      await this.reconcile();
    } while (this.engine.store.rowsWritten() > written);
  }

  async reserve(
    principal: Principal,
    request: Partial<ReservationRequest> & { pool?: string; count?: number },
  ): Promise<ReservationView> {
    const { pool, count = 1, ...rest } = request;
    const id = await new Reservations(this.engine).submitForId(
      principal,
      { items: [{ pool, count }], ...rest },
      { requestId: null, idempotencyKey: null },
    );
    return this.view(principal, id);
  }

  release(principal: Principal, id: string): Promise<void> {
    return new Reservations(this.engine).release(principal, id);
  }

  async view(principal: Principal, id: string): Promise<ReservationView> {
    return viewReservation(this.engine, principal, (await this.engine.store.read.reservation(id))!);
  }

  /** Statuses of a pool's resources by name. */
  async statuses(pool: string): Promise<Record<string, string>> {
    const { id: poolId } = (await this.engine.store.read.pool(pool))!;
    const found = await this.engine.store.read.resources({ poolId }, { after: null, limit: 1000 });
    return Object.fromEntries(found.map(({ resource }) => [resource.name, resource.status]));
  }
}

/** The code of the DomainError that a promise ends in; `none` if it succeeds. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );
}

/** Someone with all rights of a borrower, or of an admin. */
export function somebody(name = 'ann', role: Principal['role'] = 'user'): Principal {
  return {
    userId: `user-${name}`,
    userName: name,
    role,
    apiTokenId: null,
    scopes: SCOPES,
    maxPriority: 100,
  };
}
