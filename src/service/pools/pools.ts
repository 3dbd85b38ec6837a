import { nothing, type Breaker } from '../../domain/change';
import { notFound } from '../../domain/errors';
import { decideOnce } from '../../domain/idempotency';
import type { Pool } from '../../domain/pools/pool';
import type { ResourceStatus } from '../../domain/lifecycle/resource';
import {
  changePool,
  createPool,
  deletePool,
  resizeAroundLent,
  type PoolFields,
} from '../../domain/pools/pool-changes';
import { resize, surplus } from '../../domain/pools/sizing';
import { contextOf, type Engine } from '../engine';
import { refuseGone, refuseUnsatisfiable } from '../loans/queues';
import type { CallContext } from '../loans/reservations';
import { until } from '../wait-until';
import type { ClassCount, Page } from '../../store/reads';

export type NewPool = Pick<Pool, 'name' | 'kind' | 'origin'> & PoolFields;

/** What to change, or how to tell it from the pool as it is within the transaction. */
export type PoolChange = Partial<PoolFields> | ((pool: Pool) => Partial<PoolFields>);

/** What changes about pools by itself. */
export interface PoolsState {
  counts: ClassCount[];
  /** Of those whose back end fails. */
  failing: Breaker[];
}

const UNDER_WAY: ResourceStatus[] = ['provisioning', 'dirty', 'cleaning', 'destroying'];

/** Pools: made, changed, sized and taken away. */
export class Pools {
  constructor(private readonly engine: Engine) {}

  /** Gives the pool's id. Errors: `conflict`, `idempotency_mismatch`. */
  async create(fields: NewPool, { once }: CallContext): Promise<string> {
    const id = await this.engine.store.transact(
      { load: 'pool', name: fields.name, once },
      (snapshot, now) => {
        const pool: Pool = {
          ...fields,
          id: this.engine.newId(),
          deletingAt: null,
          version: 1,
          createdAt: now,
        };
        return decideOnce(once, snapshot.remembered, now, () => createPool(snapshot.pool, pool));
      },
    );
    await this.settle(fields.name);
    return id;
  }

  /**
   * Changes what is given; `expected` is the version the caller saw. Errors: `not_found`, and as
   * `changePool`.
   */
  async change(
    name: string,
    set: PoolChange,
    expected: number | null,
    by: Pool['origin'] = 'api',
  ): Promise<void> {
    await this.engine.store.transact({ load: 'pool', name, once: null }, ({ pool }) => {
      if (!pool) throw notFound('pool', name);
      return changePool(pool, typeof set === 'function' ? set(pool) : set, expected, by);
    });
    await this.settle(name);
  }

  /**
   * Another size such that nothing that is lent has to go; gives whether it is another. Errors:
   * `not_found`, `in_use`, and as `changePool`.
   */
  async resize(name: string, size: number): Promise<boolean> {
    const changed = await this.engine.store.transact(
      { load: 'pool', name, once: null },
      ({ pool, lent }) => {
        if (!pool) throw notFound('pool', name);
        return resizeAroundLent(pool, size, lent);
      },
    );
    await this.settle(name);
    return changed;
  }

  /** Drains a pool, then removes it. `lent`: resources that are still lent, for which it waits. */
  async delete(name: string, expected: number | null): Promise<{ lent: number }> {
    await this.engine.store.transact({ load: 'pool', name, once: null }, ({ pool }, now) => {
      if (!pool) throw notFound('pool', name);
      return deletePool(pool, expected, contextOf(this.engine, now));
    });
    await this.settle(name);
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

  /** How all pools are: their resources by state, and which of them fail. */
  async state(): Promise<PoolsState> {
    const { read } = this.engine.store;
    const [counts, failing] = await Promise.all([read.counts(), read.failingPools()]);
    return { counts, failing };
  }

  /**
   * Brings the number of resources to the size, in short transactions, and refuses who no longer
   * fits.
   */
  async settle(name: string): Promise<void> {
    const pool = await this.engine.store.read.pool(name);
    if (!pool) return;
    await refuseUnsatisfiable(this.engine, pool);
    for (let more = true; more;) more = await this.step(pool.id);
    await refuseGone(this.engine);
    if (pool.deletingAt !== null) await this.removeEmpty(pool);
  }

  /**
   * Resolves true once a pool has its size and nothing in it is being made, cleaned or removed;
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

  /** Settles every pool whose resources are not as many as its size says. */
  async settleAll(): Promise<void> {
    const counts = await this.engine.store.read.counts();
    for (const pool of await this.engine.store.read.pools()) {
      const classes = await this.engine.store.read.classesOf(pool.id);
      const staying = (type: string) =>
        counts
          .filter(
            (entry) =>
              entry.poolId === pool.id &&
              entry.type === type &&
              entry.adminState !== 'draining' &&
              entry.status !== 'destroying',
          )
          .reduce((sum, { count }) => sum + count, 0);
      const byClass = Object.fromEntries(classes.map(({ id, type }) => [id, staying(type)]));
      const measured = {
        pool,
        classes: classes.map((resourceClass) => ({ ...resourceClass, poolId: pool.id })),
        counts: byClass,
      };
      const off =
        pool.sizing === 'managed' &&
        [...surplus(measured).values()].some(
          (extra) => extra > 0 || (extra < 0 && pool.capabilities.provisions),
        );
      if (off || pool.deletingAt !== null) await this.settle(pool.name);
    }
    await refuseGone(this.engine);
  }

  private step(poolId: string): Promise<boolean> {
    return this.engine.store.transact({ load: 'sizing', poolId }, (snapshot, now) =>
      snapshot ? resize(snapshot, contextOf(this.engine, now)) : nothing(false),
    );
  }

  private async removeEmpty(pool: Pool): Promise<void> {
    const left = (await this.engine.store.read.counts()).some(({ poolId }) => poolId === pool.id);
    if (left) return;
    await this.engine.store.transact({ load: 'pool', name: pool.name, once: null }, (snapshot) =>
      snapshot.pool?.id === pool.id && snapshot.empty
        ? {
            changes: [
              { do: 'deletePool', id: pool.id },
              {
                do: 'append',
                event: { type: 'pool.deleted', poolId: pool.id, data: { name: pool.name } },
              },
            ],
            value: null,
          }
        : nothing(null),
    );
  }

  /** A page of the pools in order of name. */
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
  const staying = own
    .filter(({ adminState }) => adminState !== 'draining')
    .reduce((sum, { count }) => sum + count, 0);
  const sized = pool.sizing === 'manual' || !pool.capabilities.provisions || staying === pool.size;
  return sized && !own.some(({ status }) => UNDER_WAY.includes(status));
}
