import { asc, eq, gt } from 'drizzle-orm';
import type { Reads } from '../../reads';
import { given, upTo } from '../parameters';
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
  const byId = reader(select().where(eq(vmUsers.userId, given('userId'))));
  const byNumber = reader(select().where(eq(vmUsers.number, given('number'))));
  const page = reader(
    select()
      .where(gt(vmUsers.number, given('after')))
      .orderBy(asc(vmUsers.number))
      .limit(upTo('limit')),
  );
  return {
    vmUser: async (by) => ('userId' in by ? byId : byNumber).get(by) ?? null,
    vmUsers: async (after, limit) => page.all({ after, limit }),
  };
}
