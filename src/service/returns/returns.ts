import { notFound } from '../../domain/errors';
import type { Principal } from '../../domain/people/user';
import type { Level } from '../../domain/returns/level';
import type { Reservations } from '../loans/reservations';
import type { Engine } from '../engine';
import type { ReturnPage, StoredReturn } from '../../store/reads';
import { verifyChain, type ChainReport } from '../../store/chain';

export type { StoredReturn } from '../../store/reads';
export type { ChainReport } from '../../store/chain';

/** Filters of a list of returns. `pool` is a name; times are epoch ms. */
export interface ReturnQuery {
  pool?: string;
  level?: Level;
  since?: number;
  until?: number;
}

/** The return before one loan of a reservation; `found` is null if its record is not kept. */
export interface ReturnBefore {
  resourceId: string;
  resource: string;
  found: StoredReturn | null;
}

/** Looks at the records of returns. */
export class Returns {
  constructor(
    private readonly engine: Engine,
    private readonly reservations: Reservations,
  ) {}

  /** A page of records, the newest first. Errors: `not_found` for an unknown pool. */
  async list({ pool: name, ...rest }: ReturnQuery, page: ReturnPage): Promise<StoredReturn[]> {
    const { read } = this.engine.store;
    const pool = name === undefined ? undefined : await read.pool(name);
    if (pool === null) throw notFound('pool', name!);
    return read.returns({ ...rest, poolId: pool?.id }, page);
  }

  /** The records of one resource, by id or name. Errors: `not_found`. */
  async ofResource(idOrName: string, page: ReturnPage): Promise<StoredReturn[]> {
    const { read } = this.engine.store;
    const found = await read.resource(idOrName);
    if (!found) throw notFound('resource', idOrName);
    return read.returns({ resourceId: found.resource.id }, page);
  }

  /**
   * The return before each loan of a reservation, in the order of its items. Cleanings of an idle
   * resource, which no holder had meanwhile, are passed over. `principal` must be allowed to see the
   * reservation. Errors: `not_found`.
   */
  async before(principal: Principal, reservationId: string): Promise<ReturnBefore[]> {
    const { id } = await this.reservations.find(principal, reservationId);
    const { read } = this.engine.store;
    const holdings = await read.holdings(id);
    return Promise.all(
      holdings.map(async ({ allocation, resource }) => ({
        resourceId: resource.id,
        resource: resource.name,
        found: await read.returnBefore(resource.id, allocation.generation - 1, 'cleaning'),
      })),
    );
  }

  /** Goes along the whole chain of records, in small pieces, and tells every fault. */
  verify(): Promise<ChainReport> {
    return verifyChain(this.engine.store.read);
  }
}
