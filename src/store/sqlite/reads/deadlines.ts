import { and, asc, eq, gt, isNotNull, isNull, lte, not, or, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { constant, given, upTo } from '../parameters';
import { reader } from '../rows';
import { reservations } from '../schema';

/** Would only a silence end the lease, in which its holder could not be heard? */
const isUnheard = and(
  eq(reservations.status, constant('active')),
  gt(sql`coalesce(${reservations.heartbeatBy}, 0)`, given('heard')),
  or(isNull(reservations.endsAt), gt(reservations.endsAt, given('now'))),
)!;

/** Look-ups of leases and requests by the time at which they end. */
export function deadlineReads(db: Db): Pick<Reads, 'overdue' | 'endingSoon' | 'nextDeadline'> {
  const overdue = reader(
    db
      .select({ id: reservations.id })
      .from(reservations)
      .where(and(lte(reservations.deadlineAt, given('now')), not(isUnheard)))
      .orderBy(asc(reservations.deadlineAt))
      .limit(upTo('limit')),
  );
  const ending = reader(
    db
      .select({ id: reservations.id })
      .from(reservations)
      .where(
        and(lte(reservations.deadlineAt, given('until')), lte(reservations.noticeAt, given('now'))),
      )
      .orderBy(asc(reservations.deadlineAt))
      .limit(upTo('limit')),
  );
  const next = reader(
    db
      .select({ at: reservations.deadlineAt })
      .from(reservations)
      .where(isNotNull(reservations.deadlineAt))
      .orderBy(asc(reservations.deadlineAt))
      .limit(upTo(1)),
  );
  return {
    overdue: async ({ now, heard = now }, limit) =>
      overdue.all({ now, heard, limit }).map(({ id }) => id),
    endingSoon: async (now, until, limit) => ending.all({ now, until, limit }).map(({ id }) => id),
    nextDeadline: async () => next.get()?.at ?? null,
  };
}
