import type { Kind } from '../../domain/pools/pool';
import type { Engine } from '../engine';
import { countStates, type PoolCounts } from '../loans/views';

export interface Statistics {
  resources: PoolCounts;
  pools: { name: string; kind: Kind; counts: PoolCounts }[];
  reservations: Record<'queued' | 'preparing' | 'active', number>;
}

/** Counts the resources, in total and by pool, and the reservations that have not ended. */
export async function statistics({ store: { read } }: Engine): Promise<Statistics> {
  const [counts, pools, reservations] = await Promise.all([
    read.counts(),
    read.pools(),
    read.liveReservations(),
  ]);
  return {
    resources: countStates(counts),
    pools: pools.map(({ id, name, kind }) => ({
      name,
      kind,
      counts: countStates(counts.filter(({ poolId }) => poolId === id)),
    })),
    reservations,
  };
}
