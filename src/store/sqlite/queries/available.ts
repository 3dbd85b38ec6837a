import { gt, isNull, or, sql } from 'drizzle-orm';
import { given } from '../parameters';
import { resources } from '../schema';

/** A resource as the scheduler sees it. */
export const candidateColumns = {
  resourceId: resources.id,
  classId: resources.classId,
  poolId: resources.poolId,
  generation: resources.generation,
  rank: resources.rank,
  operationId: resources.operationId,
  heldFor: resources.heldFor,
  heldItem: resources.heldItem,
};

/** A resource that cannot be lent now, as far as it matters when it can be. */
export const absentColumns = {
  resourceId: resources.id,
  status: resources.status,
  adminState: resources.adminState,
  backAt: resources.backAt,
  changedAt: resources.changedAt,
  heldFor: resources.heldFor,
  heldUntil: resources.heldUntil,
};

/**
 * `isAvailable` of the domain in SQL, word for word as in the partial index, so that the index is
 * used. tests/store/predicates.test.ts compares the two.
 */
export const isAvailableSql = sql.join(
  [
    sql`${resources.status} = 'available'`,
    sql`${resources.adminState} = 'in_service'`,
    sql`${resources.heldFor} is null`,
  ],
  sql` and `,
);

/** Not past its idle expiry at the time given as `now`. */
export const isUnexpired = or(isNull(resources.expiresAt), gt(resources.expiresAt, given('now')));
