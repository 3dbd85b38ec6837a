import { nothing } from '../../domain/change';
import type { Pool } from '../../domain/pools/pool';
import { removeDeleted } from '../../domain/pools/pool-changes';
import { isAvailableState } from '../../domain/lifecycle/resource';
import { balanceSpares, roomByType } from '../../domain/pools/spares';
import { staysIn, stepTowardsSize, surplus } from '../../domain/pools/sizing';
import type { ClassCount } from '../../store/reads';
import { contextOf, type Engine } from '../engine';
import { refuseUnsatisfiable } from '../loans/queues';

/** How often all pools are compared with their sizes at least, changed or not; ms. */
const COMPARE_EVERY = 1_000;

/**
 * Brings pools to the sizes in their rows: makes or drains resources in short transactions, refuses
 * requests that no longer fit, and removes a deleted pool together with its last resource. Only the
 * job `reconcile` uses it; an admin's call writes the row and returns.
 */
export class PoolSizes {
  /** The version of each pool that has been handled. */
  private readonly done = new Map<string, number>();
  private compareAt = -Infinity;

  constructor(private readonly engine: Engine) {}

  /**
   * Takes one bounded step for each pool that needs one. Returns when to look again, in epoch ms:
   * at once while a pool still changes.
   */
  async step(): Promise<number> {
    const { store } = this.engine;
    const pools = await store.read.pools();
    const isDue = store.now() >= this.compareAt;
    if (isDue) {
      this.compareAt = store.now() + COMPARE_EVERY;
      this.forgetAllBut(pools);
    }
    // Every return to a pool with spares may make one of them available.
    const pending = pools.filter(
      ({ id, version, spares }) => isDue || spares > 0 || this.done.get(id) !== version,
    );
    if (pending.length === 0) return this.compareAt;
    const counts = await store.read.counts();
    let isMoving = false;
    for (const pool of pending) if (await this.stepPool(pool, counts)) isMoving = true;
    return isMoving ? store.now() : this.compareAt;
  }

  /** Takes steps until every pool has its size, as far as it can without waiting for anything. */
  async settle(): Promise<void> {
    do this.compareAt = -Infinity;
    while ((await this.step()) <= this.engine.store.now());
  }

  /** Drops the versions of pools that have been removed. */
  private forgetAllBut(pools: readonly Pool[]): void {
    const present = new Set(pools.map(({ id }) => id));
    for (const id of this.done.keys()) if (!present.has(id)) this.done.delete(id);
  }

  /** Returns whether the pool needs another step at once. */
  private async stepPool(pool: Pool, counts: ClassCount[]): Promise<boolean> {
    if (this.done.get(pool.id) !== pool.version) await refuseUnsatisfiable(this.engine, pool);
    const isOff = pool.deletingAt !== null || (await this.isOff(pool, counts));
    const isResizing = isOff && (await this.resizeOnce(pool.id));
    const isBalancing = isUnbalanced(pool, counts) && (await this.balanceOnce(pool.id));
    const needsMore = isResizing || isBalancing;
    if (!needsMore && pool.deletingAt !== null) await removeDeletedPool(this.engine, pool, null);
    if (!needsMore) this.done.set(pool.id, pool.version);
    return needsMore;
  }

  private async isOff(pool: Pool, counts: ClassCount[]): Promise<boolean> {
    if (pool.sizing !== 'managed') return false;
    const classes = await this.engine.store.read.classesOf(pool.id);
    const staying = counts.filter((entry) => entry.poolId === pool.id && staysIn(entry));
    const countOf = (type: string) =>
      staying.reduce((sum, entry) => sum + (entry.type === type ? entry.count : 0), 0);
    const extras = surplus({
      pool,
      classes: classes.map((resourceClass) => ({ ...resourceClass, poolId: pool.id })),
      counts: Object.fromEntries(classes.map(({ id, type }) => [id, countOf(type)])),
    });
    const { provisions } = pool.capabilities;
    return [...extras.values()].some((extra) => extra > 0 || (extra < 0 && provisions));
  }

  private resizeOnce(poolId: string): Promise<boolean> {
    return this.engine.store.transact({ load: 'sizing', poolId }, (snapshot, now) =>
      snapshot ? stepTowardsSize(snapshot, contextOf(this.engine, now)) : nothing(false),
    );
  }

  private balanceOnce(poolId: string): Promise<boolean> {
    return this.engine.store.transact({ load: 'spares', poolId }, (snapshot, now) =>
      snapshot ? balanceSpares(snapshot, contextOf(this.engine, now)) : nothing(false),
    );
  }
}

/**
 * Removes a deleted pool if it may go. `sweptAt`: when the sweep began after which this is called,
 * epoch ms; null without one.
 */
export async function removeDeletedPool(
  { store }: Engine,
  { id, name }: Pool,
  sweptAt: number | null,
): Promise<void> {
  await store.transact({ load: 'pool', name }, (facts) =>
    facts.pool?.id === id ? removeDeleted(facts, sweptAt) : nothing(null),
  );
}

/** May a spare of this pool become available, or has it to keep an available one back? */
function isUnbalanced(pool: Pool, counts: readonly ClassCount[]): boolean {
  if (pool.sizing !== 'managed' || pool.deletingAt !== null) return false;
  const own = counts.filter(({ poolId }) => poolId === pool.id);
  if (pool.spares === 0 && !own.some(({ status }) => status === 'spare')) return false;
  return [...roomByType(pool, own)].some(([name, room]) => {
    const ofType = own.filter(({ type }) => type === name);
    if (room > 0) return ofType.some(({ status }) => status === 'spare');
    return room < 0 && pool.spares > 0 && ofType.some((entry) => isAvailableState(entry));
  });
}
