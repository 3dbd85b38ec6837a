import { and, asc, desc, eq, gt, gte, isNull, lt, lte, or, sql, type SQL } from 'drizzle-orm';
import type { Page, ReservationPage, ReservationQuery } from '../../reads';
import { upTo } from '../parameters';
import type { Db } from '../database';
import { allocations, classes, queueEntries, reservations, resources } from '../schema';

/** The most reservations that one page looks through where a filter has no index. */
const WINDOW = 1_000;

/**
 * Pages of reservations in order of id. A user, a status and both have an index in that order, and a
 * time is a range of ids. The other filters are applied to a window of those, so that a page costs
 * the same however few match.
 */
export function reservationLister(
  db: Db,
): (query: ReservationQuery, page: Page) => ReservationPage {
  const list = (query: ReservationQuery, { after, limit }: Page): ReservationPage => {
    const filters = unindexed(query);
    const size = filters.length === 0 ? limit + 1 : WINDOW;
    const ids = firstIds(db, query, { after, limit: size });
    const found = db
      .select()
      .from(reservations)
      .where(
        and(
          sql`${reservations.id} in (select value from json_each(${JSON.stringify(ids)}))`,
          ...filters,
        ),
      )
      .orderBy((query.order === 'desc' ? desc : asc)(reservations.id))
      .limit(upTo(limit + 1))
      .all();
    const page = found.slice(0, limit);
    if (found.length > limit) return { found: page, next: page.at(-1)!.id };
    return { found, next: ids.length === size ? ids.at(-1)! : null };
  };
  // Read in one transaction: the end of the window belongs to what was found in it.
  const atOnce = db.$client.transaction(list);
  return (query, page) => atOnce.deferred(query, page);
}

/** The first ids that the indexed filters leave; merged, so that each list is read in its order. */
function firstIds(db: Db, query: ReservationQuery, { after, limit }: Page): string[] {
  const isDescending = query.order === 'desc';
  const lists = listsOf(query).map(({ where, columns }) =>
    db
      .select({ id: reservations.id })
      .from(reservations)
      .where(and(where, ...idsWithin(columns, query, after)))
      .orderBy(isDescending ? desc(columns.id) : asc(columns.id))
      .limit(upTo(limit))
      .all(),
  );
  const ids = lists.flat().map((row) => row.id);
  if (lists.length > 1) ids.sort();
  if (lists.length > 1 && isDescending) ids.reverse();
  return ids.slice(0, limit);
}

/** The columns that a list is bounded by, as SQLite is to see them. */
type Columns = Record<'id' | 'userId', SQL>;
const INDEXED: Columns = { id: sql`${reservations.id}`, userId: sql`${reservations.userId}` };
/** With a `+`, so that SQLite uses no index of theirs. */
const PLAIN: Columns = { id: sql`+${reservations.id}`, userId: sql`+${reservations.userId}` };

function idsWithin(
  { id, userId: owner }: Columns,
  { userId, from, to, order }: ReservationQuery,
  after: string | null,
) {
  const isAfter = order === 'desc' ? lt : gt;
  return [
    after === null ? undefined : isAfter(id, after),
    from === undefined ? undefined : gte(id, from),
    to === undefined ? undefined : lt(id, to),
    userId === undefined ? undefined : eq(owner, userId),
  ];
}

/**
 * The lists that together have a status as it is at `now`: the deadline of an active reservation is
 * the end of its lease. Few are over without having been ended; these are found by their deadline.
 */
function listsOf({ status, now }: ReservationQuery): { where?: SQL; columns: Columns }[] {
  if (status === undefined) return [{ columns: INDEXED }];
  const { deadlineAt } = reservations;
  const stored = eq(reservations.status, status);
  const kept = now === undefined ? undefined : or(isNull(deadlineAt), gt(deadlineAt, now));
  const where = status === 'active' ? and(stored, kept) : stored;
  if (now === undefined || status !== 'ended') return [{ where, columns: INDEXED }];
  const isOver = and(sql`+${reservations.status} = 'active'`, lte(deadlineAt, now));
  return [
    { where, columns: INDEXED },
    { where: isOver, columns: PLAIN },
  ];
}

/** Filters that are applied row by row, within a window. */
function unindexed({ pool, resourceId, since, until }: ReservationQuery): SQL[] {
  return [
    ...(since === undefined ? [] : [gte(reservations.requestedAt, since)]),
    ...(until === undefined ? [] : [lt(reservations.requestedAt, until)]),
    ...(pool === undefined ? [] : [concernsPool(pool)]),
    ...(resourceId === undefined ? [] : [concernsResource(resourceId)]),
  ];
}

function concernsPool({ id, name }: NonNullable<ReservationQuery['pool']>): SQL {
  return or(
    sql`exists (select 1 from ${allocations} join ${resources}
      on ${resources.id} = ${allocations.resourceId}
      where ${allocations.reservationId} = ${reservations.id} and ${resources.poolId} = ${id})`,
    sql`exists (select 1 from ${queueEntries} join ${classes}
      on ${classes.id} = ${queueEntries.classId}
      where ${queueEntries.reservationId} = ${reservations.id} and ${classes.poolId} = ${id})`,
    sql`exists (select 1 from json_each(${reservations.items}) as item
      where item.value ->> '$.pool' = ${name} or exists (
        select 1 from json_each(item.value, '$.pools') as one where one.value = ${name}))`,
  )!;
}

function concernsResource(id: string): SQL {
  return or(
    sql`exists (select 1 from ${allocations}
      where ${allocations.reservationId} = ${reservations.id} and ${allocations.resourceId} = ${id})`,
    sql`exists (select 1 from ${queueEntries}
      where ${queueEntries.reservationId} = ${reservations.id} and ${queueEntries.resourceId} = ${id})`,
  )!;
}
