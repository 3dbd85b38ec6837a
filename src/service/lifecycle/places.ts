import type { Pool } from '../../domain/pools/pool';

/** The place of one operation after another; taken or not. */
export interface Place {
  readonly isTaken: boolean;
  /** Takes a place unless it is taken, in order of asking; gives whether that had to wait. */
  take(): Promise<boolean>;
  /** Gives the place back, if it is taken. */
  leave(): void;
}

/** The places of one pool. */
interface PoolPlaces {
  limit: number;
  taken: number;
  /** Those who wait, first come first. */
  queue: (() => void)[];
}

/**
 * Bounds how many driver calls one worker makes at once in each pool: its `concurrency`. An operation
 * has a place only while its driver is called; where calls are quick, others take it while the report
 * waits for its commit. `loadWork` sees to it that several workers stay within the limit.
 */
export class Places {
  private readonly pools = new Map<string, PoolPlaces>();

  /** How many calls are under way in a pool, or wait for a place. */
  callsIn(poolId: string): number {
    const places = this.pools.get(poolId);
    return places ? places.taken + places.queue.length : 0;
  }

  /** A place in this pool that is yet to be taken. The pool's limit counts from now on. */
  placeIn({ id, policy }: Pick<Pool, 'id' | 'policy'>): Place {
    this.of(id).limit = policy.concurrency;
    const place = {
      isTaken: false,
      take: async () => {
        if (place.isTaken) return false;
        const waits = this.take(id);
        if (waits) await waits;
        place.isTaken = true;
        return waits !== null;
      },
      leave: () => {
        if (place.isTaken) this.leave(id);
        place.isTaken = false;
      },
    };
    return place;
  }

  /** Gives null if there is a place at once, or what resolves when there is one. */
  private take(poolId: string): Promise<void> | null {
    const places = this.of(poolId);
    if (places.queue.length === 0 && places.taken < places.limit) {
      places.taken += 1;
      return null;
    }
    return new Promise((resolve) => places.queue.push(resolve));
  }

  private leave(poolId: string): void {
    const places = this.of(poolId);
    places.taken -= 1;
    while (places.queue.length > 0 && places.taken < places.limit) {
      places.taken += 1;
      places.queue.shift()!();
    }
  }

  private of(poolId: string): PoolPlaces {
    let places = this.pools.get(poolId);
    if (!places) this.pools.set(poolId, (places = { limit: 1, taken: 0, queue: [] }));
    return places;
  }
}
