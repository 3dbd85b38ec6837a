import type { Engine } from '../engine';
import { refuseGone, serveQueues } from '../loans/queues';
import { endLoansOfLeaving } from '../loans/revocation';
import { PoolSizes } from '../pools/pool-sizes';

/**
 * Acts on the rows that requests have written: brings pools to their sizes, ends what deleted users
 * borrowed, refuses requests that can no longer be met, and serves the queues. It looks at rows, not
 * at events, so nothing is missed for good; every commit wakes the job that runs it.
 */
export class Reconciler {
  private readonly sizes: PoolSizes;

  constructor(private readonly engine: Engine) {
    this.sizes = new PoolSizes(engine);
  }

  /**
   * Makes one bounded pass. Returns when to look again if nothing is committed before; epoch ms.
   */
  async runOnce(): Promise<number> {
    const next = await this.sizes.step();
    await this.attend();
    return next;
  }

  /** Makes passes until nothing more can be done without waiting. */
  async settle(): Promise<void> {
    await this.sizes.settle();
    await this.attend();
  }

  private async attend(): Promise<void> {
    await endLoansOfLeaving(this.engine);
    await refuseGone(this.engine);
    await serveQueues(this.engine);
  }
}
