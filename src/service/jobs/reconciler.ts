import type { Engine } from '../engine';
import { endMaintenances } from '../lifecycle/maintenance';
import { fillHoles, refuseGone, reviewBundles, serveQueues } from '../loans/queues';
import { endLeaving } from '../loans/revocation';
import { PoolSizes } from '../pools/pool-sizes';
import { replanIdle } from '../pools/replanning';

/** The least pause between two reviews of the bundles that wait, in ms. */
const REVIEW_EVERY = 200;

/**
 * Acts on the rows that requests have written: brings pools to their sizes and idle resources under
 * their policy, ends what deleted users had, refuses requests that can no longer be met, reviews
 * the bundles that wait, and serves the queues. It looks at rows, not at events, so nothing is missed
 * for good; every commit wakes the job that runs it.
 */
export class Reconciler {
  private readonly sizes: PoolSizes;
  private reviewAt = -Infinity;
  /** The bundles after this one are yet to be reviewed. */
  private reviewed = '';

  constructor(private readonly engine: Engine) {
    this.sizes = new PoolSizes(engine);
  }

  /**
   * Makes one bounded pass. Returns when to look again if nothing is committed before; epoch ms.
   */
  async runOnce(): Promise<number> {
    const { store } = this.engine;
    const next = Math.min(await this.sizes.step(), await endMaintenances(this.engine));
    const hasMore = await replanIdle(this.engine);
    await this.attend();
    const isReviewed = await this.reviewSome();
    if (hasMore) return store.now();
    return isReviewed ? next : Math.min(next, this.reviewAt);
  }

  /** Makes passes until nothing more can be done without waiting. */
  async settle(): Promise<void> {
    await this.sizes.settle();
    await endMaintenances(this.engine);
    while (await replanIdle(this.engine));
    await this.attend();
    do this.reviewAt = -Infinity;
    while (!(await this.reviewSome()));
  }

  private async attend(): Promise<void> {
    await endLeaving(this.engine);
    await refuseGone(this.engine);
    await serveQueues(this.engine);
  }

  /** Reviews a page of the bundles, unless it is too early. Gives whether all have been. */
  private async reviewSome(): Promise<boolean> {
    const { store } = this.engine;
    if (store.now() < this.reviewAt) return false;
    this.reviewAt = store.now() + REVIEW_EVERY;
    this.reviewed = await reviewBundles(this.engine, this.reviewed);
    await serveQueues(this.engine);
    await fillHoles(this.engine);
    return this.reviewed === '';
  }
}
