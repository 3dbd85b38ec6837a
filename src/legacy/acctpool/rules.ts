import { DomainError } from '../../domain/errors';
import type { RequestItem, Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import type { Pool } from '../../domain/pools/pool';

/** The account pools that this API sees; `visible` are their names, null for all. */
export function accountPools(pools: Pool[], visible: string[] | null): Pool[] {
  return pools.filter(({ kind, name }) => kind === 'account' && (visible?.includes(name) ?? true));
}

/**
 * The item that requests one account of a type. Errors: `invalid` if no visible pool makes accounts
 * of that type.
 */
export function itemFor(type: string, pools: Pool[], visible: string[] | null): RequestItem {
  const makes = accountPools(pools, visible).some(({ types }) =>
    types.some(({ name }) => name === type),
  );
  if (!makes) throw new DomainError('invalid', `There is no account type ${type}.`, 'type');
  const item = { kind: 'account', type, count: 1 } as const;
  if (visible === null) return item;
  return { ...item, pools: visible.filter((name) => pools.some((pool) => pool.name === name)) };
}

/**
 * Did this very token ask for the reservation? A user's tokens do not see each other's
 * reservations.
 */
export function isOwn(reservation: Reservation, { userId, apiTokenId }: Principal): boolean {
  return reservation.userId === userId && reservation.apiTokenId === apiTokenId;
}
