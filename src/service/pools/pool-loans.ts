import { notFound } from '../../domain/errors';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { Pool } from '../../domain/pools/pool';
import type { Holder, Page, PersonName } from '../../store/reads';
import type { Engine } from '../engine';

/** The person behind a loan or a queued request, as far as a caller may know. */
export interface SeenPerson {
  /** null: it is not for this caller, or the user is deleted. */
  person: PersonName | null;
  /** null: it is not for this caller. */
  reservationId: string | null;
  isOwn: boolean;
}

/** One loan as a caller may see it; times in epoch ms. */
export type SeenHolder = Pick<
  Holder,
  'resourceId' | 'resource' | 'type' | 'since' | 'until' | 'status'
> &
  SeenPerson;

/** Shows who has, and who waits for, the resources of one pool. */
export class PoolLoans {
  constructor(private readonly engine: Engine) {}

  /**
   * Gives a page of the pool's running loans, in order of the resource's id. Errors: `not_found`.
   */
  async holders(principal: Principal, name: string, page: Page): Promise<SeenHolder[]> {
    const { store } = this.engine;
    const pool = await this.find(name);
    const found = await store.read.holders(pool.id, store.now(), page);
    return found.map(({ userId, userName, reservationId, ...loan }) => ({
      ...loan,
      ...seenBy(principal, pool, { userId, userName, reservationId }),
    }));
  }

  private async find(name: string): Promise<Pool> {
    const pool = await this.engine.store.read.pool(name);
    if (!pool) throw notFound('pool', name);
    return pool;
  }
}

/** Hides what the pool does not share: others see names where it says so, and never ids of loans. */
function seenBy(
  principal: Principal,
  { policy }: Pool,
  {
    userId,
    userName,
    reservationId,
  }: { userId: string; userName: string | null; reservationId: string },
): SeenPerson {
  const isOwn = userId === principal.userId;
  const seesAll = isOwn || isAdmin(principal);
  const seesName = seesAll || policy.shareHolders === true;
  return {
    person: seesName && userName !== null ? { id: userId, name: userName } : null,
    reservationId: seesAll ? reservationId : null,
    isOwn,
  };
}
