import { notFound } from '../../domain/errors';
import type { History } from '../../domain/history/history';
import { lastDays, type Span } from '../../domain/history/steps';
import type { Engine } from '../engine';

/** The history of one pool, or of all together; times in epoch ms. */
export interface PoolHistory extends History {
  /** The name of the pool; null: all together. */
  pool: string | null;
  now: number;
  span: Span;
}

/** Shows how pools were used. It names nobody, so that everybody may read all of it. */
export class Histories {
  constructor(private readonly engine: Engine) {}

  /**
   * Gives the last days of a pool, today included, or of all pools together (null): by the day, or by
   * the hour if they are few. Errors: `not_found`.
   */
  async of(name: string | null, days: number): Promise<PoolHistory> {
    const { store } = this.engine;
    const found = name === null ? null : await store.read.pool(name);
    if (name !== null && found === null) throw notFound('pool', name);
    const now = store.now();
    const span = lastDays(days, now);
    const history = await store.read.history({ poolId: found?.id ?? null, span }, now);
    return { pool: found?.name ?? null, now, span, ...history };
  }
}
