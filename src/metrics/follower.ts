import { setImmediate as turn } from 'node:timers/promises';
import type { Happening } from '../store/metric-reads';
import type { Store } from '../store/store';
import type { Metrics } from './definitions';
import type { DirtyResources } from './dirty';
import type { PoolNames } from './pool-names';

/** How many events are looked at before other work of the thread gets its turn. */
const PAGE = 1_000;

/**
 * Counts what happens in the database, by the events that each commit has written anyway: a loan
 * costs no statement more.
 */
export class Follower {
  private seen = 0;
  private following: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: Pick<Store, 'read'>,
    private readonly metrics: Metrics,
    private readonly dirty: DirtyResources,
    private readonly pools: PoolNames,
  ) {}

  /** Begins after the newest event. */
  async start(): Promise<void> {
    this.seen = await this.store.read.lastSeq();
    await this.dirty.readAll();
  }

  /** Counts everything up to now; calls follow one another. */
  catchUp(): Promise<void> {
    return (this.following = this.following.catch(() => undefined).then(() => this.follow()));
  }

  /** Resolves when no look is under way. */
  idle(): Promise<void> {
    return this.following.catch(() => undefined);
  }

  private async follow(): Promise<void> {
    const { read } = this.store;
    for (const last = await read.lastSeq(); this.seen < last;) {
      const upTo = Math.min(this.seen + PAGE, last);
      const happenings = await read.happenings(this.seen, upTo);
      await this.pools.know(happenings.flatMap(({ poolId }) => poolId ?? []));
      for (const happening of happenings) this.count(happening);
      this.seen = upTo;
      await turn();
    }
  }

  private count(happening: Happening): void {
    const { type, at, poolId, resourceId, to, reason } = happening;
    if (type === 'reservation.ended') return this.metrics.ended.inc({ reason: reason! });
    if (poolId === null || resourceId === null) return;
    const pool = this.pools.name(poolId);
    if (type === 'resource.allocated') this.countGrant(pool, happening);
    else if (type === 'resource.freed') this.countEnd(pool, happening);
    else if (type === 'resource.returned') this.countReturn(pool, happening);
    const status = type === 'resource.allocated' ? 'allocated' : to;
    if (status !== null) this.dirty.note(poolId, resourceId, status, at);
  }

  private countGrant(pool: string, { at, requestedAt }: Happening): void {
    this.metrics.grants.inc({ pool });
    if (requestedAt !== null) this.metrics.wait.observe({ pool }, seconds(at - requestedAt));
  }

  private countEnd(pool: string, { at, startsAt }: Happening): void {
    if (startsAt !== null) this.metrics.lease.observe({ pool }, seconds(at - startsAt));
  }

  private countReturn(pool: string, { at, level, outcome, loanEndedAt, cleaned }: Happening): void {
    this.metrics.returns.inc({ pool, level: level!, outcome: outcome! });
    if (cleaned !== null) this.metrics.clean.observe({ pool }, seconds(cleaned));
    if (outcome === 'returned' && loanEndedAt !== null)
      this.metrics.handover.observe({ pool }, seconds(at - loanEndedAt));
  }
}

const seconds = (ms: number) => ms / 1_000;
