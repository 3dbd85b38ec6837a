import type { QueueEntry } from '../../domain/change';
import { notFound } from '../../domain/errors';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { Pool } from '../../domain/pools/pool';
import type { PoolQueueAsk, QueueCursor } from '../../domain/queue/pool-queue';
import type { Holder, Page, PersonName } from '../../store/reads';
import type { Engine } from '../engine';
import { placeOf } from '../loans/views';

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

/** A request as a caller may see it, as far as it waits for one pool; times in epoch ms. */
export interface SeenRequest extends SeenPerson {
  position: number;
  positionIsExact: boolean;
  since: number;
  priority: number;
  parked: boolean;
  items: SeenItem[];
}

/** One item of a request; `resourceId`: the one resource that it names, or null. */
export interface SeenItem extends Pick<QueueEntry, 'item' | 'resourceId' | 'count' | 'missing'> {
  types: string[];
}

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

  /**
   * Gives a page of the requests that wait for anything of the pool: those that are served in order,
   * then those that name a resource, then those that are parked. `next`: where the next page begins;
   * null on the last. Errors: `not_found`.
   */
  async queue(
    principal: Principal,
    name: string,
    page: Omit<PoolQueueAsk, 'classIds'>,
  ): Promise<{ requests: SeenRequest[]; next: QueueCursor | null }> {
    const { store } = this.engine;
    const pool = await this.find(name);
    const classes = await store.read.classesOf(pool.id);
    const classIds = classes.map(({ id }) => id);
    const { requests, next } = await store.read.poolQueue({ classIds, ...page }, store.now());
    const ids = new Set(requests.map(({ reservation }) => reservation.userId));
    const names = new Map(
      (await store.read.userNames([...ids])).map(({ id, name: known }) => [id, known]),
    );
    const typeOf = new Map(classes.map(({ id, type }) => [id, type]));
    const seen = requests.map(({ reservation, entries, positions }) => ({
      ...placeOf(positions),
      since: reservation.requestedAt,
      priority: reservation.priority,
      parked: entries.some(({ parked }) => parked),
      items: itemsOf(entries, typeOf),
      ...seenBy(principal, pool, {
        userId: reservation.userId,
        userName: names.get(reservation.userId) ?? null,
        reservationId: reservation.id,
      }),
    }));
    return { requests: seen, next };
  }

  /** A pool by name. Errors: `not_found`. */
  async find(name: string): Promise<Pool> {
    const pool = await this.engine.store.read.pool(name);
    if (!pool) throw notFound('pool', name);
    return pool;
  }
}

function itemsOf(entries: readonly QueueEntry[], typeOf: ReadonlyMap<number, string>): SeenItem[] {
  const items = new Map<number, SeenItem>();
  for (const { item, classId, resourceId, count, missing } of entries) {
    const known = items.get(item) ?? { item, types: [], resourceId, count, missing };
    known.types.push(typeOf.get(classId)!);
    items.set(item, known);
  }
  return [...items.values()];
}

/** Hides what the pool does not share: others see names where it says so, and never ids of loans. */
export function seenBy(
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
