import type { DriverCall } from '../service/engine';
import type { Store } from '../store/store';
import { makeMetrics } from './definitions';
import { DirtyResources } from './dirty';
import { Follower } from './follower';
import { PoolNames } from './pool-names';
import { showMachine, showState, type Machine } from './state';
import type { Tallied } from './tally';

/** How often the events are followed, so that a scrape has few to look at; ms. */
const FOLLOW_EVERY = 1_000;
/** The dirty resources are not read again more often than this; ms. */
const READ_AGAIN_AFTER = 60_000;

/** The metrics of this process, and of the database that it serves. */
export class Collector {
  private readonly metrics = makeMetrics();
  private readonly dirty: DirtyResources;
  private readonly follower: Follower;
  private timer: NodeJS.Timeout | undefined;
  private scrape: Promise<string> | null = null;
  private readAgainAt = 0;
  private readonly begun: number;

  constructor(
    private readonly store: Pick<Store, 'read' | 'now' | 'heartbeats'>,
    private readonly machine: Machine,
  ) {
    this.begun = store.now();
    this.dirty = new DirtyResources(store);
    this.follower = new Follower(store, this.metrics, this.dirty, new PoolNames(store));
  }

  /** The type of what `render` gives, for Content-Type. */
  get contentType(): string {
    return this.metrics.register.contentType;
  }

  /** Begins to count. Errors: those of the database. */
  async start(): Promise<void> {
    await this.follower.start();
    // A failed look is made up for by the next one.
    const follow = () => void this.follower.catchUp().catch(() => undefined);
    this.timer = setInterval(follow, FOLLOW_EVERY).unref();
  }

  /** Stops counting, and waits for a look under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.allSettled([this.follower.idle(), this.scrape]);
  }

  /**
   * Everything in the text format of Prometheus. Scrapes at the same time share one. Errors: those
   * of the database.
   */
  render(): Promise<string> {
    return (this.scrape ??= this.collect().finally(() => (this.scrape = null)));
  }

  /** Adds what another thread has measured. */
  add({ thread, calls, commits }: Tallied): void {
    for (const call of calls) this.countCall(call);
    for (const [tasks, ms] of commits) this.countCommit(thread, tasks, ms);
  }

  /** Counts a commit of the main thread. */
  readonly onMeasured = (tasks: number, ms: number): void => this.countCommit('http', tasks, ms);

  private async collect(): Promise<string> {
    await this.follower.catchUp();
    await this.readAgainIfWrong();
    await Promise.all([
      showState(this.store, this.metrics, this.dirty, this.begun),
      showMachine(this.machine, this.metrics),
    ]);
    return this.metrics.register.metrics();
  }

  /** A restore, say, changes rows without an event; the counters know. */
  private async readAgainIfWrong(): Promise<void> {
    const counts = await this.store.read.counts();
    const isDirty = ({ status }: (typeof counts)[number]) =>
      status === 'dirty' || status === 'cleaning';
    const count = counts.filter(isDirty).reduce((sum, each) => sum + each.count, 0);
    if (count === this.dirty.count || performance.now() < this.readAgainAt) return;
    this.readAgainAt = performance.now() + READ_AGAIN_AFTER;
    await this.dirty.readAll();
  }

  private countCall({ driver, step, outcome, seconds }: DriverCall): void {
    this.metrics.calls.inc({ driver, step, outcome });
    this.metrics.callTime.observe({ driver, step }, seconds);
  }

  private countCommit(thread: string, tasks: number, ms: number): void {
    this.metrics.batch.observe({ thread }, tasks);
    this.metrics.commitTime.observe({ thread }, ms / 1_000);
  }
}
