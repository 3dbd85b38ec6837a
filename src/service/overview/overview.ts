import { setImmediate as turn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Breaker } from '../../domain/change';
import type { Pool } from '../../domain/pools/pool';
import type { QueueState } from '../../store/metric-reads';
import type { EventGroup } from '../../store/overview-reads';
import type { Engine } from '../engine';
import type { Statistics } from '../installation/statistics';
import { BOUNDS, differs, viewOf, type PoolView } from './pool-view';

/** The most events that a look goes through; beyond, every pool is taken for changed. */
const WINDOW = 5_000;
/** How many pools are read before other work of the thread gets its turn. */
const SLICE = 5;

/** All pools at a glance. `asOf` is epoch ms. */
export interface Snapshot {
  asOf: number;
  /** The number of the newest event that is in it. */
  seq: number;
  reservations: Statistics['reservations'];
  /** In the order of their names. */
  pools: PoolView[];
}

/** The findings of a look, since the one before. */
export interface Found {
  /** Events without a pool. */
  others: EventGroup[];
  removed: PoolView[];
}

/**
 * Keeps the views of all pools, and knows which of them may have changed since they were read. Its
 * users call one method after the other.
 */
export class Overview {
  /** The number of the newest event that was looked at. */
  seq = 0;
  /** Pools that may have changed since they were read. */
  readonly unread = new Set<string>();
  private readonly views = new Map<string, PoolView>();
  /** The number of the newest event of each pool. */
  private readonly seqs = new Map<string, number>();
  private pools: Pool[] = [];
  private failing = new Map<string, Breaker>();
  /** The queues of each pool in which somebody waits. */
  private queues = new Map<string, QueueState[]>();

  constructor(private readonly engine: Engine) {}

  /** Reads which pools there are, and marks those that may have changed. */
  async look(): Promise<Found> {
    const { read } = this.engine.store;
    const groups = await read.eventGroups(this.seq, WINDOW);
    const [pools, failing] = await Promise.all([read.pools(), read.failingPools()]);
    this.pools = pools.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const removed = this.forgetRemoved();
    this.count(groups);
    for (const pool of pools) if (this.views.get(pool.id)?.pool !== pool) this.unread.add(pool.id);
    this.compare(new Map(failing.map((breaker) => [breaker.poolId, breaker])));
    const others = groups.filter(({ poolId }) => poolId === null);
    if (others.some(concernsQueues)) await this.compareQueues();
    // Holds may change without any event, for requests that wait.
    if (groups.length === 0) for (const id of this.queues.keys()) this.unread.add(id);
    return { others, removed };
  }

  /** Reads those of these pools that may have changed; gives those that have. */
  async read(ids: Iterable<string>): Promise<PoolView[]> {
    const changed: PoolView[] = [];
    let count = 0;
    for (const pool of this.named(ids)) {
      if (count > 0 && count % SLICE === 0) await turn();
      count += 1;
      const view = await this.readOne(pool);
      if (view) changed.push(view);
    }
    return changed;
  }

  /** Gives all pools as they were read last. */
  async snapshot(): Promise<Snapshot> {
    const { store } = this.engine;
    const reservations = await store.read.liveReservations();
    const pools = this.pools.flatMap(({ id }) => this.views.get(id) ?? []);
    return { asOf: store.now(), seq: this.seq, reservations, pools };
  }

  /** Has every pool read again. */
  doubtAll(): void {
    for (const { id } of this.pools) this.unread.add(id);
  }

  private *named(ids: Iterable<string>): Generator<Pool> {
    const asked = new Set(ids);
    for (const pool of this.pools) if (asked.has(pool.id) && this.unread.has(pool.id)) yield pool;
  }

  private async readOne(pool: Pool): Promise<PoolView | null> {
    const { id } = pool;
    this.unread.delete(id);
    const state = await this.engine.store.read.poolState(id, BOUNDS);
    const before = this.views.get(id);
    const seq = this.seqs.get(id) ?? 0;
    const view = viewOf(pool, state, this.failing.get(id) ?? null, seq);
    const isOther = !before || differs(before, view);
    if (!isOther && before.seq === seq) return null;
    // A change without an event of the pool, such as of its queue, has come with another event.
    if (before?.seq === seq) view.seq = this.seq;
    this.seqs.set(id, view.seq);
    this.views.set(id, view);
    return view;
  }

  private forgetRemoved(): PoolView[] {
    const present = new Set(this.pools.map(({ id }) => id));
    const removed = [...this.views.values()].filter(({ pool }) => !present.has(pool.id));
    for (const { pool } of removed) {
      this.views.delete(pool.id);
      this.unread.delete(pool.id);
    }
    for (const id of this.seqs.keys()) if (!present.has(id)) this.seqs.delete(id);
    return removed;
  }

  /** Takes down the newest event of each pool. After too many, there may be more of any pool. */
  private count(groups: readonly EventGroup[]): void {
    this.seq = Math.max(this.seq, ...groups.map(({ seq }) => seq));
    const isGap = groups.reduce((sum, { count }) => sum + count, 0) >= WINDOW;
    const newest = new Map(groups.map(({ poolId, seq }) => [poolId, seq]));
    for (const { id } of this.pools) {
      const seq = newest.get(id) ?? (isGap ? this.seq : undefined);
      if (seq === undefined) continue;
      this.seqs.set(id, seq);
      this.unread.add(id);
    }
  }

  /** The next try of a failing pool is put off without an event. */
  private compare(failing: Map<string, Breaker>): void {
    this.markDifferent(this.failing, failing);
    this.failing = failing;
  }

  /** No event tells which queues a request has entered or left. */
  private async compareQueues(): Promise<void> {
    const queues = Map.groupBy(await this.engine.store.read.queueStates(), ({ poolId }) => poolId);
    this.markDifferent(this.queues, queues);
    this.queues = queues;
  }

  private markDifferent(before: Map<string, unknown>, now: Map<string, unknown>): void {
    for (const id of new Set([...before.keys(), ...now.keys()]))
      if (!isDeepStrictEqual(before.get(id), now.get(id))) this.unread.add(id);
  }
}

function concernsQueues({ type }: EventGroup): boolean {
  return type?.startsWith('reservation.') ?? false;
}
