import { and, desc, eq, lt, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import type { Db } from '../database';
import { given } from '../parameters';
import { reader } from '../rows';
import { allocations, reservations, users } from '../schema';

/** Look-ups of loans, past ones included. */
export function loanReads(db: Db): Pick<Reads, 'loans' | 'lentBefore'> {
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
  // The ids of a resource's allocations begin with its own, and end with the generation.
  const generation = sql<number | null>`cast(substr(${allocations.id}, length(${given('id')}) + 2)
    as integer)`;
  const before = reader(
    db
      .select({ generation: sql<number | null>`max(${generation})` })
      .from(allocations)
      .where(
        and(
          sql`${allocations.id} > ${given('id')} || '.' and ${allocations.id} < ${given('id')} || '/'`,
          lt(generation, given('generation')),
        ),
      ),
  );
  return {
    loans: async (ids) => named.all({ ids: JSON.stringify(ids) }),
    lentBefore: async (id, below) => before.get({ id, generation: below })?.generation ?? null,
  };
}
