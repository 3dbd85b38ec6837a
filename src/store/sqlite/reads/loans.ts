import { desc, eq, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { given } from '../parameters';
import { reader } from '../rows';
import { allocations, reservations, users } from '../schema';

/** Look-ups of loans, past ones included. */
export function loanReads(db: Db): Pick<Reads, 'loans'> {
  const named = reader(
    db
      .select({
        reservationId: allocations.reservationId,
        generation: allocations.generation,
        startedAt: allocations.startedAt,
        endedAt: allocations.endedAt,
        userId: reservations.userId,
        userName: users.name,
      })
      .from(allocations)
      .innerJoin(reservations, eq(reservations.id, allocations.reservationId))
      .leftJoin(users, eq(users.id, reservations.userId))
      .where(sql`${allocations.id} in (select value from json_each(${given('ids')}))`)
      .orderBy(desc(allocations.generation)),
  );
  return { loans: async (ids) => named.all({ ids: JSON.stringify(ids) }) };
}
