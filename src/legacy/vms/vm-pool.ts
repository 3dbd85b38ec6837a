import type { Pool } from '../../domain/pools/pool';
import type { Engine } from '../../service/engine';
import { Pools } from '../../service/pools/pools';
import { countStates } from '../../service/loans/views';
import { visiblePools } from '../pools';
import { isInPool } from './vm-rules';
import { Resources } from '../../service/lifecycle/resources';
import { revokeAll } from '../../service/loans/revocation';
import type { VmPeople } from './people';

/** How long a call waits for VMs to be made, cleaned or removed, in ms. */
export const VM_PATIENCE = 30_000;
/** The most VMs that a resizing call waits for; more could not be made in time anyway. */
const MOST_AWAITED = 1_000;

/** Stored once this API has given the pool a size. */
const MADE = 'vm_pool_made';
const BATCH = 500;

/** The pool that this API resizes and empties. */
export class VmPool {
  constructor(
    private readonly engine: Engine,
    private readonly people: VmPeople,
  ) {}

  /** The pool; null if the server has none. */
  async find(): Promise<Pool | null> {
    const { vms } = await visiblePools(this.engine);
    return this.engine.store.read.pool(vms);
  }

  /** How many VMs exist, and how many of them are free and held. */
  async figures(): Promise<{ total: number; free: number; held: number }> {
    const pool = await this.find();
    const all = await this.engine.store.read.counts();
    const counts = all.filter((entry) => entry.poolId === pool?.id && isInPool(entry));
    const { total, available, allocated } = countStates(counts);
    return { total, free: available, held: allocated };
  }

  /**
   * Resizes the pool, and waits until it has that size unless that takes very many VMs. `first`:
   * this is the first size since the API was last cleared, or ever. Errors: `not_found`, `in_use`,
   * `unsupported`, `conflict`.
   */
  async resize(size: number): Promise<{ changed: boolean; first: boolean }> {
    const { store } = this.engine;
    const { vms } = await visiblePools(this.engine);
    const { total } = await this.figures();
    const changed = await this.pools.resizeUnlessLent(vms, size);
    const first = !(await this.isMade());
    if (first) await store.setMetadata(MADE, 'yes');
    if (Math.abs(size - total) <= MOST_AWAITED) await this.pools.settled(vms, VM_PATIENCE);
    return { changed, first };
  }

  /** Has this API made nothing that `clear` would remove? */
  async isUntouched(): Promise<boolean> {
    const { read } = this.engine.store;
    const live = await Promise.all(
      (['queued', 'preparing', 'active'] as const).map((status) =>
        read.reservations({ via: 'vms', status }, { after: null, limit: 1 }),
      ),
    );
    return !(await this.isMade()) && live.flat().length === 0 && (await this.people.isEmpty());
  }

  /**
   * Ends the API's checkouts, empties the pool and removes the API's users, but nothing else;
   * numbers begin at 1 again. False if VMs are still being removed when time is up.
   */
  async clear(): Promise<boolean> {
    await revokeAll(this.engine, { via: 'vms' }, 'the VM reservation API was cleared');
    const pool = await this.find();
    if (pool) await this.empty(pool);
    await this.people.clear();
    await this.engine.store.setMetadata(MADE, 'no');
    return pool === null || this.pools.settled(pool.name, VM_PATIENCE);
  }

  private async empty({ id: poolId, name, sizing }: Pool): Promise<void> {
    if (sizing === 'managed') return this.pools.change(name, { size: 0 }, null);
    const resources = new Resources(this.engine);
    for (let after: string | null = null; ;) {
      const found = await this.engine.store.read.resources({ poolId }, { after, limit: BATCH });
      for (const { resource } of found) await resources.delete(resource.id);
      if (found.length < BATCH) return;
      after = found.at(-1)!.resource.id;
    }
  }

  private async isMade(): Promise<boolean> {
    return (await this.engine.store.metadata(MADE)) === 'yes';
  }

  private get pools(): Pools {
    return new Pools(this.engine);
  }
}
