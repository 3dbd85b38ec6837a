import { randomBytes } from 'node:crypto';
import Docker from 'dockerode';
import { networkName } from '../../../src/drivers/docker/container-spec';
import { networkSpec } from '../../../src/drivers/docker/network';
import { dockerSettings } from '../../../src/drivers/docker/settings';
import { Reconciler } from '../../../src/service/jobs/reconciler';
import type { OperationKind } from '../../../src/domain/lifecycle/operation';
import type { Resource } from '../../../src/domain/lifecycle/resource';
import type { ClaimedOperation } from '../../../src/domain/lifecycle/claims';
import type { Call, Driver } from '../../../src/drivers/driver';
import { invokeDriver } from '../../../src/service/lifecycle/driver-calls';
import { Reservations } from '../../../src/service/loans/reservations';
import { Resources } from '../../../src/service/lifecycle/resources';
import { viewReservation, type ResourceOfReservation } from '../../../src/service/loans/views';
import { removeContainersOf, SSH_IMAGE } from '../../helpers/docker';
import { somebody, temporaryDirectory } from '../../helpers/engine';
import { listed } from '../../helpers/listed';
import { Rows, unsound } from './database';
import { EngineGate } from './engine-gate';
import { JobsByHand } from './jobs-by-hand';

/**
 * A call may take longer than a test. A late call is late by our clock, and continues as far as it
 * can.
 */
const POOLS = (size: number) =>
  `pools: [{ name: p, kind: container, driver: docker, size: ${size}, concurrency: 100, ` +
  `settings: { image: "${SSH_IMAGE}", memoryMb: 64 }, cleaning: { deadline: 10m }, ` +
  'verification: { interval: 100h }, lease: { default: never, openEnded: true, prepare: ' +
  '1000h } }]';
/** Longer than a claim: see `claimLength`. */
export const PAST_CLAIM = 31 * 60_000;
const IDLE = 100 * 3_600_000 + 1;
/** The login that a holder asks for and remembers. */
export const WISH = { username: 'ann', password: 'words that ann chose' };
const NO_CONTEXT = { requestId: null, idempotencyKey: null };

/** How boxes get to an operation: their first provisioning, a loan, an idle hour, an admin. */
export type Way = 'made' | 'borrowed' | 'returned' | 'idle' | 'deleted';

/** A worker that stands at a step. */
export interface Stopped {
  step: string;
  release(): void;
  /** Cuts it off from the engine for good, and makes sure that it reports nothing. */
  kill(): Promise<void>;
  /** Resolves when it has done what it still could. */
  finished: Promise<void>;
}

/** A worker that stands in an operation of one box. */
export interface Caught extends Stopped {
  task: ClaimedOperation;
}

/** A pool of real containers under an installation of its own, and the jobs that look after it. */
export class Boxes {
  /** Ends the stopped workers, wherever they stand. */
  private readonly kills: (() => Promise<void>)[] = [];

  private constructor(
    readonly jobs: JobsByHand,
    readonly dataDir: string,
    readonly installation: string,
  ) {}

  static async open(): Promise<Boxes> {
    const installation = `soak-${randomBytes(6).toString('hex')}`;
    const dataDir = temporaryDirectory();
    // Only the first container of an installation makes its network: that is no step of the others.
    const name = networkName(dockerSettings.parse({ image: SSH_IMAGE }), installation);
    await new Docker().createNetwork(networkSpec(name, installation));
    return new Boxes(await JobsByHand.open(dataDir, { installation }), dataDir, installation);
  }

  /** Brings `size` boxes to where that way begins, with none of it done. */
  async bring(size: number, way: Way): Promise<void> {
    await this.jobs.load(POOLS(size));
    if (way === 'made') return new Reconciler(this.jobs.engine).settle().then(() => undefined);
    await this.settle();
    if (way === 'idle') this.jobs.clock.advance(IDLE);
    if (way === 'deleted')
      for (const { id } of await this.resources()) await new Resources(this.jobs.engine).delete(id);
    if (way !== 'borrowed' && way !== 'returned') return;
    await this.borrow('ann', size);
    if (way === 'borrowed') return;
    await this.settle();
    await this.release('ann');
  }

  /**
   * One worker for each of these places in `steps`, working until it gets there in its first
   * operation of the kind.
   */
  async catch(kind: OperationKind, steps: string[], aad: number[]): Promise<Caught[]> {
    const tasks = await this.jobs.claimDue();
    expect(tasks).toHaveLength(aad.length);
    return Promise.all(tasks.map((task, index) => this.catchOne(task, kind, steps, aad[index]!)));
  }

  private async catchOne(
    task: ClaimedOperation,
    kind: OperationKind,
    steps: string[],
    place: number,
  ): Promise<Caught> {
    const gate = await EngineGate.open();
    const stopped = await this.stopAt(gate, steps, place, (isAlive) =>
      this.work(task, kind, gate, isAlive),
    );
    return { ...stopped, task };
  }

  /** One sweep for each of these steps, stopped there, of a sweep with one thing to remove. */
  async catchSweeps(steps: string[]): Promise<Stopped[]> {
    const gates = await Promise.all(steps.map(() => EngineGate.open({ answers: true })));
    return Promise.all(
      gates.map((gate, place) =>
        this.stopAt(gate, steps, place, () =>
          this.jobs.sweep(this.jobs.driversBehind(gate.dockerHost)),
        ),
      ),
    );
  }

  private async stopAt(
    gate: EngineGate,
    steps: string[],
    place: number,
    work: (isAlive: () => boolean) => Promise<void>,
  ): Promise<Stopped> {
    const { reached, release } = gate.hold(place + 1);
    let isAlive = true;
    const finished = work(() => isAlive).catch((error) => {
      if (isAlive) throw error;
    });
    const kill = async () => {
      isAlive = false;
      await gate.close();
      release();
      await finished;
    };
    this.kills.push(kill);
    await Promise.race([
      reached,
      finished.then(() =>
        Promise.reject(
          new Error(`It went ${gate.steps.join(', ')} and never came to ${steps[place]}`),
        ),
      ),
    ]);
    expect(gate.steps).toEqual(steps.slice(0, place + 1));
    return { step: steps[place]!, release, kill, finished };
  }

  /** Call after call, as a worker does; the first of the kind goes through the gate. */
  private async work(
    first: ClaimedOperation,
    kind: OperationKind,
    gate: EngineGate,
    isAlive: () => boolean,
  ): Promise<void> {
    const { engine } = this.jobs;
    const gated = this.jobs.driversBehind(gate.dockerHost);
    let isPast = false;
    for (let task: ClaimedOperation | null = first; task;) {
      const isHere: boolean = !isPast && task.operation.kind === kind;
      isPast ||= isHere;
      const result = await invokeDriver(engine, isHere ? gated : this.jobs.drivers, task);
      if (isHere) await gate.step('report');
      if (!isAlive()) return;
      task = await this.jobs.report(task, result);
    }
  }

  /** Does the due work, as another worker. */
  async settle(): Promise<void> {
    await new Reconciler(this.jobs.engine).settle();
    await this.jobs.runner('other').settle();
  }

  /** `count` reservations of one box each, that ask for a login of that name. */
  async borrow(who: string, count: number): Promise<void> {
    const access = { ...WISH, username: who };
    for (let n = 0; n < count; n += 1)
      await new Reservations(this.jobs.engine).submitForId(
        somebody(who),
        { items: [{ pool: 'p', count: 1 }], access },
        NO_CONTEXT,
      );
  }

  async release(who: string): Promise<void> {
    for (const { id } of await this.loans(who))
      await new Reservations(this.jobs.engine).release(somebody(who), id);
  }

  /** What someone holds, by the id of the resource; all of it must be active. */
  async held(who: string): Promise<Map<string, ResourceOfReservation>> {
    const loans = await this.loans(who);
    expect(new Set(loans.map(({ status }) => status))).toEqual(new Set(['active']));
    const views = await Promise.all(
      loans.map((loan) => viewReservation(this.jobs.engine, somebody(who), loan)),
    );
    return new Map(views.map(({ resources: [held] }) => [held!.resource.id, held!]));
  }

  private async loans(who: string) {
    const all = await this.jobs.engine.store.read.reservations(
      { userId: `user-${who}` },
      { after: null, limit: 200 },
    );
    return all.filter(({ status }) => status !== 'ended');
  }

  async resources() {
    const { store } = this.jobs.engine;
    const pool = (await store.read.pool('p'))!;
    return (await store.read.resources({ poolId: pool.id }, { after: null, limit: 200 })).map(
      ({ resource }) => resource,
    );
  }

  /** All rows of the database. */
  rows(): unknown {
    const rows = new Rows(this.dataDir);
    const all = Object.keys(rows.sizes()).map((table) => [
      table,
      rows.all(`select * from "${table}"`),
    ]);
    rows.close();
    return Object.fromEntries(all) as unknown;
  }

  /** The faults of the database, in sentences. */
  faults(): string[] {
    const rows = new Rows(this.dataDir);
    const faults = unsound(rows);
    rows.close();
    return faults;
  }

  /** Everything outside that is ours. */
  async outside(): Promise<string[]> {
    const found = await listed(await this.driver(), 'p', this.call());
    return found.map(({ handle }) => handle).sort();
  }

  /**
   * A container of the first box that no row knows, as a late worker would leave it; gives its id.
   */
  async makeOrphan(): Promise<string> {
    const [{ id: resourceId, name, kind, type, generation }] = (await this.resources()) as [
      Resource,
    ];
    return (
      await (
        await this.driver()
      ).provision(
        { resourceId, pool: 'p', name, kind, type, spec: {}, fields: {}, generation, handle: null },
        this.call(),
      )
    ).handle;
  }

  private async driver(): Promise<Driver> {
    const pool = (await this.jobs.engine.store.read.pool('p'))!;
    return this.jobs.drivers.use(pool, async (driver) => driver);
  }

  private call(): Call {
    return {
      operationId: this.jobs.engine.newId(),
      attempt: 1,
      requestId: null,
      memo: null,
      show: () => undefined,
      signal: AbortSignal.timeout(30_000),
    };
  }

  /** Another process on the same data. */
  async reopen(): Promise<Boxes> {
    await this.jobs.close();
    return new Boxes(await JobsByHand.open(this.dataDir), this.dataDir, this.installation);
  }

  async close(): Promise<void> {
    await Promise.all(this.kills.map((kill) => kill()));
    await this.jobs.close();
    await removeContainersOf(this.installation);
  }
}

/** Every `stride`th place in a list of steps, and the last. */
export function placesIn(steps: string[], stride: number): number[] {
  return [...steps.keys()].filter((place) => place % stride === 0 || place === steps.length - 1);
}

/** The steps of every operation in the life of a box, as the driver takes them now. */
export async function stepsOfALife(): Promise<Map<OperationKind, string[]>> {
  const boxes = await Boxes.open();
  const steps = new Map<OperationKind, string[]>();
  const live = async () => {
    let [task] = (await boxes.jobs.claimDue()) as (ClaimedOperation | null | undefined)[];
    while (task) {
      const gate = await EngineGate.open();
      const result = await invokeDriver(
        boxes.jobs.engine,
        boxes.jobs.driversBehind(gate.dockerHost),
        task,
      );
      expect(result).toMatchObject([{ ok: true }]);
      await gate.step('report');
      await gate.close();
      const known = steps.get(task.operation.kind) ?? gate.steps;
      expect(gate.steps).toEqual(known);
      steps.set(task.operation.kind, known);
      task = await boxes.jobs.report(task, result);
    }
  };
  try {
    await boxes.bring(1, 'made');
    await live();
    await boxes.borrow('ann', 1);
    await live();
    await boxes.release('ann');
    await live();
    for (const { id } of await boxes.resources()) await new Resources(boxes.jobs.engine).delete(id);
    await live();
    return steps;
  } finally {
    await boxes.close();
  }
}
