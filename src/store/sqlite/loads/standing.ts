import { eq, sql } from 'drizzle-orm';
import { NO_CAPS, type Caps, type Standing } from '../../../domain/caps';
import type { Db } from '../database';
import { reader } from '../rows';
import { lineLengths, userCounts } from '../schema';

/** Reads from the counters what caps bound; what is not bounded is not looked at. */
export function standingLoader(
  db: Db,
): (userId: string | undefined, caps: Caps | undefined, lineIds: number[]) => Standing {
  const ofUser = reader(
    db
      .select({ status: userCounts.status, count: userCounts.count })
      .from(userCounts)
      .where(eq(userCounts.userId, sql.placeholder('userId'))),
  );
  const ofLine = reader(
    db
      .select({ count: lineLengths.count })
      .from(lineLengths)
      .where(eq(lineLengths.lineId, sql.placeholder('lineId'))),
  );
  return (userId, { active, queued, line } = NO_CAPS, lineIds) => {
    const counts =
      userId === undefined || (active ?? queued) === null ? [] : ofUser.all({ userId });
    const of = Object.fromEntries(counts.map(({ status, count }) => [status, count]));
    return {
      active: active === null ? 0 : (of.active ?? 0) + (of.preparing ?? 0),
      queued: queued === null ? 0 : (of.queued ?? 0),
      line:
        line === null
          ? 0
          : Math.max(0, ...lineIds.map((lineId) => ofLine.get({ lineId })?.count ?? 0)),
    };
  };
}
