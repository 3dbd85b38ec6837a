import { remembering } from '../../crypto/sealing';
import { completeOperation } from '../../domain/lifecycle/completion';
import { nothing } from '../../domain/change';
import type { OperationKind } from '../../domain/lifecycle/operation';
import type { OperationResult } from '../../domain/lifecycle/operation-result';
import { claim, hasTimeToGoOn, type ClaimedOperation } from '../../domain/lifecycle/claims';
import { Deadline } from './deadline';
import type { Drivers } from './drivers';
import { carryingOut, contextOf, type Engine } from '../engine';
import { removeOrphans } from './orphans';
import { Places, type Place } from './places';
import { invokeDriver } from './driver-calls';

/**
 * Calls that are over sooner leave their place to others until their report is committed; ms. A
 * commit takes about a millisecond, so a place that is kept meanwhile would idle for most of the
 * time.
 */
const QUICK = 20;

/** Most operations claimed in one transaction, so that it stays short. */
const BATCH = 64;

/**
 * Runs the operations of some kinds: claims those that are due, calls their drivers, reports. Pools
 * do not wait for one another, so that a slow or broken driver holds up only its own.
 */
export class OperationRunner {
  private readonly underWay = new Set<Promise<void>>();
  /** Deadlines of finished operations, to be used again. */
  private readonly deadlines: Deadline[] = [];
  /** A claim that waits for its transaction, if there is one. */
  private claiming: Promise<number> | null = null;
  /** A look that is not over, if there is one. */
  private looking: Promise<unknown> | null = null;
  /** Was something due that found no room in its pool? */
  private hasBacklog = false;
  private readonly places = new Places();

  constructor(
    private readonly engine: Engine,
    private readonly drivers: Drivers,
    private readonly kinds: readonly OperationKind[],
    /** Names the claims of this worker. */
    private readonly worker: string,
    private readonly failed: (error: unknown) => void,
    /** Measures how long calls take, in ms. */
    private readonly stopwatch = () => performance.now(),
  ) {}

  /**
   * Claims and begins the operations that are due; returns the time to look again (epoch ms), or
   * null to wait for the next change.
   */
  async pass(): Promise<number | null> {
    const { claimed, next } = await this.claimDue();
    const { store } = this.engine;
    const due = claimed === 0 ? next : await store.read.nextDue(this.kinds);
    this.hasBacklog = due !== null && due <= store.now();
    // If nothing due could be claimed, the pools are at their concurrency limits. The report that
    // frees a place is a commit, and commits wake this job.
    return claimed === 0 && this.hasBacklog ? null : due;
  }

  /**
   * Claims what is due at once, also during a pass: something has changed. The claim shares the
   * transaction of reports that wait for theirs. If it fails, the next pass claims.
   */
  look(): void {
    this.looking ??= this.claimDue()
      .catch(() => undefined)
      .finally(() => (this.looking = null));
  }

  /** Passes until nothing more can be claimed now and nothing is under way. */
  async settle(): Promise<void> {
    for (;;) {
      // Calls that end while it looks may free the place that something due waits for.
      const isBusy = this.underWay.size > 0;
      if ((await this.claimDue()).claimed === 0 && !isBusy) return;
      await this.idle();
    }
  }

  /** Claims what is due; `next` is when something was due before that. */
  private async claimDue(): Promise<{ claimed: number; next: number | null }> {
    const { store } = this.engine;
    const next = await store.read.nextDue(this.kinds);
    return { claimed: next === null || next > store.now() ? 0 : await this.claim(), next };
  }

  /**
   * Claims what is due and begins it; returns how much that was. Another call before the
   * transaction has run gives the same.
   */
  private claim(): Promise<number> {
    return (this.claiming ??= this.claimNow().finally(() => (this.claiming = null)));
  }

  private async claimNow(): Promise<number> {
    const { worker, kinds } = this;
    const calling = { worker, calls: (poolId: string) => this.places.callsIn(poolId) };
    const tasks = await this.engine.store.transact(
      { load: 'work', kinds, limit: BATCH, calling },
      (snapshot, now) => claim(snapshot, worker, contextOf(this.engine, now)),
    );
    tasks.forEach((task) => this.begin(task));
    return tasks.length;
  }

  /** Resolves when everything under way now has been reported. */
  async idle(): Promise<void> {
    await this.looking;
    await Promise.all(this.underWay);
  }

  private begin(task: ClaimedOperation): void {
    const running = this.chain(task)
      .catch(this.failed)
      .finally(() => this.underWay.delete(running));
    this.underWay.add(running);
  }

  /**
   * Runs one operation after another on the same resource; each is committed before its calls are
   * made. Secrets are unsealed once for all of them. If a claim runs out in the wait for a place,
   * the operation is left to its next claim.
   */
  private async chain(first: ClaimedOperation): Promise<void> {
    const engine = { ...this.engine, sealer: remembering(this.engine.sealer) };
    const deadline = this.deadlines.pop() ?? new Deadline();
    const place = this.places.placeIn(first.pool);
    try {
      for (let task: ClaimedOperation | null = first; task;) {
        if ((await place.take()) && !hasTimeToGoOn(task, engine.store.now())) return;
        const begun = this.stopwatch();
        const result = await invokeDriver(engine, this.drivers, task, deadline);
        if (this.stopwatch() - begun < QUICK) place.leave();
        task = await this.report(task, result, place);
      }
    } finally {
      place.leave();
    }
    if (deadline.isReusable()) this.deadlines.push(deadline);
  }

  private async report(
    { operation, pool }: ClaimedOperation,
    result: OperationResult,
    place: Place,
  ): Promise<ClaimedOperation | null> {
    let isLate = false;
    const next = await this.engine.store.transact(
      { load: 'operation', id: operation.id },
      (snapshot, now) => {
        isLate = snapshot === null;
        const context = contextOf(this.engine, now);
        const decision = snapshot
          ? completeOperation(snapshot, operation.attempt, result, this.worker, context)
          : nothing(null);
        if (decision.value === null) place.leave();
        // A place that is free now is taken in the same transaction.
        if (!place.isTaken && this.hasBacklog) void this.claim().catch(this.failed);
        return decision;
      },
      undefined,
      carryingOut(this.engine, operation),
    );
    // A pool outlives the claims of its calls (`removeDeleted`) and is swept. A call that ends even
    // later finds no pool: nothing else would remove what it created.
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
