import type { ResourceStatus } from '../domain/lifecycle/resource';
import type { Store } from '../store/store';

/** How many resources are read at once when all are read. */
const PAGE = 500;

/** Statuses on the way from a loan to the next, as long as nothing is given up. */
const DIRTY: readonly ResourceStatus[] = ['dirty', 'cleaning'];

/**
 * The resources that are dirty or being cleaned, by pool and the oldest first. No index knows their
 * age, so the events are followed; all of them are read only at a start, and if they ever differ
 * from the counters.
 */
export class DirtyResources {
  private byPool = new Map<string, Map<string, number>>();

  constructor(private readonly store: Pick<Store, 'read'>) {}

  /** Reads all of them. */
  async readAll(): Promise<void> {
    const found = [];
    for (let after: string | null = null; ;) {
      const page = await this.store.read.dirtyResources(after, PAGE);
      found.push(...page);
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
    this.byPool = new Map();
    for (const { id, poolId, since } of found.sort((a, b) => a.since - b.since))
      this.of(poolId).set(id, since);
  }

  /** Notes that a resource has another status since `at` (epoch ms). */
  note(poolId: string, id: string, status: ResourceStatus, at: number): void {
    const known = this.of(poolId);
    if (!DIRTY.includes(status)) known.delete(id);
    // One that fails and starts over is as old as before.
    else if (!known.has(id)) known.set(id, at);
  }

  /** Since when the oldest one of a pool is dirty, in epoch ms; undefined without one. */
  oldest(poolId: string): number | undefined {
    return this.of(poolId).values().next().value;
  }

  /** How many there are in all. */
  get count(): number {
    return [...this.byPool.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private of(poolId: string): Map<string, number> {
    const known = this.byPool.get(poolId) ?? new Map<string, number>();
    this.byPool.set(poolId, known);
    return known;
  }
}
