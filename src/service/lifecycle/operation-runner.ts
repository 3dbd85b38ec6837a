import { remembering } from '../../crypto/sealing';
import { completeOperation } from '../../domain/lifecycle/completion';
import { nothing } from '../../domain/change';
import type { OperationKind } from '../../domain/lifecycle/operation';
import type { OperationResult } from '../../domain/lifecycle/operation-result';
import { claim, type ClaimedOperation } from '../../domain/lifecycle/claims';
import { Deadline } from './deadline';
import type { Drivers } from './drivers';
import { contextOf, type Engine } from '../engine';
import { removeOrphans } from './orphans';
import { invokeDriver } from './driver-calls';

/**
 * Claimed in one transaction at most, which is to stay short. How many calls may be under way is
 * each pool's to say.
 */
const BATCH = 64;

/**
 * Does the driver calls of some kinds: claims what is due, calls, reports. Nothing is awaited
 * between pools, so that a slow or broken driver holds up only its own.
 */
export class OperationRunner {
  private readonly underWay = new Set<Promise<void>>();
  /** Of those that are done, for those to come. */
  private readonly deadlines: Deadline[] = [];

  constructor(
    private readonly engine: Engine,
    private readonly drivers: Drivers,
    private readonly kinds: readonly OperationKind[],
    /** Names the claims of this worker. */
    private readonly worker: string,
    private readonly failed: (error: unknown) => void,
  ) {}

  /**
   * Claims what is due and begins it; gives the time (epoch ms) when to look again, null for when
   * something changes.
   */
  async pass(): Promise<number | null> {
    const claimed = await this.claimDue();
    const { store } = this.engine;
    const due = await store.read.nextDue(this.kinds);
    // What is due and could not be claimed has to wait for room: the report that makes room is a
    // change.
    return claimed === 0 && due !== null && due <= store.now() ? null : due;
  }

  /** Passes until nothing more can be claimed now and nothing is under way. */
  async settle(): Promise<void> {
    while ((await this.claimDue()) > 0 || this.underWay.size > 0) await this.idle();
  }

  private async claimDue(): Promise<number> {
    const { store } = this.engine;
    const due = await store.read.nextDue(this.kinds);
    if (due === null || due > store.now()) return 0;
    const tasks = await store.transact(
      { load: 'work', kinds: this.kinds, limit: BATCH },
      (snapshot, now) => claim(snapshot, this.worker, contextOf(this.engine, now)),
    );
    tasks.forEach((task) => this.begin(task));
    return tasks.length;
  }

  /** Resolves when what is under way now has been reported. */
  async idle(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private begin(task: ClaimedOperation): void {
    const running = this.chain(task)
      .catch(this.failed)
      .finally(() => this.underWay.delete(running));
    this.underWay.add(running);
  }

  /**
   * One call after the other on the same resource, each committed before it is made. They ask for
   * the same secrets.
   */
  private async chain(first: ClaimedOperation): Promise<void> {
    const engine = { ...this.engine, sealer: remembering(this.engine.sealer) };
    const deadline = this.deadlines.pop() ?? new Deadline();
    for (let task: ClaimedOperation | null = first; task;)
      task = await this.report(task, await invokeDriver(engine, this.drivers, task, deadline));
    if (deadline.isReusable()) this.deadlines.push(deadline);
  }

  private async report(
    { operation, pool }: ClaimedOperation,
    report: OperationResult,
  ): Promise<ClaimedOperation | null> {
    let isLate = false;
    const next = await this.engine.store.transact(
      { load: 'operation', id: operation.id },
      (snapshot, now) => {
        isLate =
          snapshot === null ||
          (snapshot.task.pool.deletingAt !== null &&
            snapshot.task.operation.outcome === 'superseded');
        return snapshot
          ? completeOperation(
              snapshot,
              operation.attempt,
              report,
              this.worker,
              contextOf(this.engine, now),
            )
          : nothing(null);
      },
    );
    // What a late call has made in a pool that goes, or has gone, is found by no sweep: that looks
    // at the pools that there are.
    if (isLate)
      await removeOrphans(
        this.engine,
        this.drivers,
        pool,
        AbortSignal.timeout(pool.policy.cleaning.deadline),
      );
    return next;
  }
}
