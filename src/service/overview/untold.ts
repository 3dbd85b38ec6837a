import type { EventGroup } from '../../store/overview-reads';
import type { Statistics } from '../installation/statistics';
import type { Found } from './overview';
import type { PoolView } from './pool-view';

export type { EventGroup };

/** All that listeners are told at once. */
export interface Round {
  /** The number of the newest event that is in it. */
  seq: number;
  /** Pools that have changed, as they are now. */
  pools: PoolView[];
  /** Pools that are gone. */
  removed: PoolView[];
  /** The numbers of reservations; null if they are the same. */
  reservations: Statistics['reservations'] | null;
  /** Events without a pool. */
  others: EventGroup[];
}

/** Changes of which no listener has heard yet. */
export class Untold {
  readonly pools = new Map<string, PoolView>();
  removed: PoolView[] = [];
  others: EventGroup[] = [];
  /** May the numbers of reservations be others? */
  reservations = false;

  /** Adds the findings of a look. */
  add({ others, removed }: Found): void {
    this.others.push(...others);
    this.removed.push(...removed);
    for (const { pool } of removed) this.pools.delete(pool.id);
    if (others.some(({ type }) => type?.startsWith('reservation.'))) this.reservations = true;
  }

  addPools(views: readonly PoolView[]): void {
    for (const view of views) this.pools.set(view.pool.id, view);
  }

  /** Is there something beside pools, present or gone? */
  get hasRest(): boolean {
    return this.reservations || this.others.length > 0;
  }

  /** Takes those of these pools that have changed. */
  takePools(ids: Iterable<string>): PoolView[] {
    return [...ids].flatMap((id) => {
      const view = this.pools.get(id);
      this.pools.delete(id);
      return view ?? [];
    });
  }

  /** Takes the pools that are gone. */
  takeRemoved(): PoolView[] {
    const { removed } = this;
    this.removed = [];
    return removed;
  }

  /** Takes everything beside pools, present or gone. */
  takeRest(): Pick<Untold, 'others' | 'reservations'> {
    const { others, reservations } = this;
    [this.others, this.reservations] = [[], false];
    return { others, reservations };
  }
}
