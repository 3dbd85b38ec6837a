import { eq, sql } from 'drizzle-orm';
import { NO_CAPS, type Caps, type Usage } from '../../../domain/queue/caps';
import type { Db } from '../database';
import { reader } from '../rows';
import { queueLengths, userCounts } from '../schema';

/** Reads from the counters what caps bound; what is not bounded is not looked at. */
export function usageLoader(
  db: Db,
): (userId: string | undefined, caps: Caps | undefined, classIds: number[]) => Usage {
  const ofUser = reader(
    db
      .select({ status: userCounts.status, count: userCounts.count })
      .from(userCounts)
      .where(eq(userCounts.userId, sql.placeholder('userId'))),
  );
  const ofLine = reader(
    db
      .select({ count: queueLengths.count })
      .from(queueLengths)
      .where(eq(queueLengths.classId, sql.placeholder('classId'))),
  );
  return (userId, { active, queued, queue } = NO_CAPS, classIds) => {
    const counts =
      userId === undefined || (active ?? queued) === null ? [] : ofUser.all({ userId });
    const of = Object.fromEntries(counts.map(({ status, count }) => [status, count]));
    return {
      active: active === null ? 0 : (of.active ?? 0) + (of.preparing ?? 0),
      queued: queued === null ? 0 : (of.queued ?? 0),
      queue:
        queue === null
          ? 0
          : Math.max(0, ...classIds.map((classId) => ofLine.get({ classId })?.count ?? 0)),
    };
  };
}
