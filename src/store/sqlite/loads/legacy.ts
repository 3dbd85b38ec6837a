import { and, eq, isNull, ne, sql } from 'drizzle-orm';
import type { Load, Loads } from '../../loads';
import type { Db } from '../database';
import { given } from '../parameters';
import { reader } from '../rows';
import { users, vmUsers } from '../schema';

type UserLoader = (load: Load<'user'>) => Loads['user']['gives'];

/** A user with the VM reservation API's data about them, and how many users it has. */
export function vmUserLoader(db: Db, user: UserLoader) {
  const byId = reader(
    db
      .select()
      .from(vmUsers)
      .where(eq(vmUsers.userId, given('id'))),
  );
  const isPresent = and(isNull(users.disabledAt), ne(vmUsers.role, 'none'))!;
  const counts = reader(
    db
      .select({
        users: sql<number>`count(*) filter (where ${isPresent})`,
        admins: sql<number>`count(*) filter (where ${isPresent} and ${vmUsers.role} = 'admin')`,
        highest: sql<number>`coalesce(max(${vmUsers.number}), 0)`,
      })
      .from(vmUsers)
      .innerJoin(users, eq(users.id, vmUsers.userId)),
  );
  return ({ id, ...ask }: Load<'vmUser'>): Loads['vmUser']['gives'] => ({
    ...user({ ...ask, load: 'user', id }),
    vmUser: byId.get({ id }) ?? null,
    vmUsers: counts.get()!,
    ...(ask.caller ? { callerVm: byId.get({ id: ask.caller.userId }) ?? null } : {}),
  });
}
