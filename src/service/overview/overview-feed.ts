import type { Engine } from '../engine';
import { Overview, type Snapshot } from './overview';

/** Gives the overview of all pools. */
export class OverviewFeed {
  private readonly overview: Overview;
  /** Ends when nobody works on the overview. */
  private work: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine) {
    this.overview = new Overview(engine);
  }

  /** Gives all pools as they are now. */
  present(): Promise<Snapshot> {
    return this.alone(async () => {
      await this.overview.look();
      this.overview.doubtAll();
      await this.overview.read(this.overview.unread);
      return this.overview.snapshot();
    });
  }

  /** Works on the overview when nobody else does. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => undefined);
    return done;
  }
}
