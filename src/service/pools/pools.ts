import type { Breaker } from '../../domain/change';
import { notFound } from '../../domain/errors';
import { onceById } from '../../domain/idempotency';
import type { Pool } from '../../domain/pools/pool';
import type { ResourceStatus } from '../../domain/lifecycle/resource';
import {
  changePool,
  createPool,
  deletePool,
  resizeUnlessLent,
  type PoolFields,
} from '../../domain/pools/pool-changes';
import { requireListKept } from '../../domain/pools/listed';
import { requireSeatsSafe } from '../../domain/pools/seats';
import { staysIn } from '../../domain/pools/sizing';
import { contextOf, type Engine } from '../engine';
import type { CallContext } from '../loans/reservations';
import { until } from '../wait-until';
import { loadedPools } from './loaded-pools';
import type { ClassCount, Page } from '../../store/reads';

export type NewPool = Pick<Pool, 'name' | 'kind' | 'origin'> & PoolFields;

/** Changed fields, or a function that gives them for the pool as it is within the transaction. */
export type PoolChange = Partial<PoolFields> | ((pool: Pool) => Partial<PoolFields>);

/** The parts of pools that change without an admin. */
export interface PoolsState {
  counts: ClassCount[];
  /** The breakers of pools whose back end fails. */
  failing: Breaker[];
}

const BUSY_STATUSES: ResourceStatus[] = ['provisioning', 'dirty', 'cleaning', 'destroying'];

/**
 * Pools: created, changed and deleted. A call writes the row that describes the pool; the job
 * `reconcile` then makes and drains resources until the pool matches.
 */
export class Pools {
  constructor(private readonly engine: Engine) {}

  /** Returns the pool's id. Errors: `conflict`, `idempotency_mismatch`. */
  create(fields: NewPool, { idempotencyKey }: CallContext): Promise<string> {
    return this.engine.store.transact(
      { load: 'pool', name: fields.name },
      (snapshot, now) => {
        const pool: Pool = {
          ...fields,
          id: this.engine.newId(),
          deletingAt: null,
          version: 1,
          createdAt: now,
        };
        return createPool(snapshot.pool, pool);
      },
      onceById(idempotencyKey),
    );
  }

  /**
   * Changes the given fields; `expected` are the versions that will do. Errors: `not_found`,
   * those of `changePool`, and, by the API, those of `requireListKept` and `requireSeatsSafe`.
   */
  async change(
    name: string,
    set: PoolChange,
    expected: readonly number[] | null,
    by: Pool['origin'] = 'api',
  ): Promise<void> {
    const copies = by === 'api' ? await loadedPools(this.engine) : [];
    const isListed = copies.some((copy) => copy.name === name && copy.listed.length > 0);
    await this.engine.store.transact({ load: 'pool', name }, ({ pool, hasSeats }) => {
      if (!pool) throw notFound('pool', name);
      const fields = typeof set === 'function' ? set(pool) : set;
      if (isListed) requireListKept(pool, fields);
      if (hasSeats && by === 'api') requireSeatsSafe({ ...pool, ...fields });
      return changePool(pool, fields, expected, by);
    });
  }

  /**
   * Resizes a pool, provided that no lent resource has to go; returns whether the size changed.
   * Errors: `not_found`, `in_use`, and those of `changePool`.
   */
  resizeUnlessLent(name: string, size: number): Promise<boolean> {
    return this.engine.store.transact({ load: 'pool', name }, ({ pool, lent }) => {
      if (!pool) throw notFound('pool', name);
      return resizeUnlessLent(pool, size, lent);
    });
  }

  /**
   * Drains a pool, then removes it. `lent`: resources that are still lent; the removal waits for
   * them.
   */
  async delete(name: string, expected: readonly number[] | null): Promise<{ lent: number }> {
    await this.engine.store.transact({ load: 'pool', name }, ({ pool }, now) => {
      if (!pool) throw notFound('pool', name);
      return deletePool(pool, expected, contextOf(this.engine, now));
    });
    const pool = await this.engine.store.read.pool(name);
    const counts = pool
      ? (await this.engine.store.read.counts()).filter(({ poolId }) => poolId === pool.id)
      : [];
    return {
      lent: counts
        .filter(({ status }) => status === 'allocated')
        .reduce((sum, { count }) => sum + count, 0),
    };
  }

  /** Errors: `not_found`. */
  async find(name: string): Promise<Pool> {
    const pool = await this.engine.store.read.pool(name);
    if (!pool) throw notFound('pool', name);
    return pool;
  }

  /** Returns the resources of all pools by state, and the pools that fail. */
  async state(): Promise<PoolsState> {
    const { read } = this.engine.store;
    const [counts, failing] = await Promise.all([read.counts(), read.failingPools()]);
    return { counts, failing };
  }

  /**
   * Returns true once a pool has its size and nothing in it is being made, cleaned or removed;
   * false after `timeout` ms.
   */
  settled(name: string, timeout: number): Promise<boolean> {
    const { store } = this.engine;
    return until(
      store,
      async () => isSettled(await store.read.pool(name), await store.read.counts()),
      timeout,
    );
  }

  /** Returns a page of the pools in order of name. */
  async list({ after, limit }: Page): Promise<Pool[]> {
    return (await this.engine.store.read.pools())
      .filter(({ name }) => after === null || name > after)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, limit);
  }
}

function isSettled(pool: Pool | null, counts: ClassCount[]): boolean {
  if (!pool) return true;
  const own = counts.filter(({ poolId }) => poolId === pool.id);
  const staying = own.filter(staysIn).reduce((sum, { count }) => sum + count, 0);
  const isFixed = pool.sizing === 'manual' || !pool.capabilities.provisions;
  const sized = isFixed || staying === pool.size + pool.spares;
  return sized && !own.some(({ status }) => BUSY_STATUSES.includes(status));
}
