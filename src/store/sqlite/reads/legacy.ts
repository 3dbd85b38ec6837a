import { asc, eq, gt, sql } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { users, vmUsers } from '../schema';

/** Look-ups of the legacy APIs' own data. */
export function legacyReads(db: Db): Pick<Reads, 'vmUser' | 'vmUsers'> {
  const select = () =>
    db
      .select({ user: users, vmUser: vmUsers })
      .from(vmUsers)
      .innerJoin(users, eq(users.id, vmUsers.userId));
  const byId = reader(select().where(eq(vmUsers.userId, sql.placeholder('userId'))));
  const byNumber = reader(select().where(eq(vmUsers.number, sql.placeholder('number'))));
  const page = reader(
    select()
      .where(gt(vmUsers.number, sql.placeholder('after')))
      .orderBy(asc(vmUsers.number))
      .limit(upTo(sql.placeholder('limit'))),
  );
  return {
    vmUser: async (by) => ('userId' in by ? byId : byNumber).get(by) ?? null,
    vmUsers: async (after, limit) => page.all({ after, limit }),
  };
}
