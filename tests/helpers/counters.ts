import type Database from 'better-sqlite3';

/** The tables that triggers keep, each with the recount. */
export const RECOUNTS = {
  class_counts:
    'select class_id, status, admin_state, held_for is not null as held, count(*) ' +
    'as count from resources group by 1, 2, 3, 4',
  queue_lengths:
    'select class_id, count(*) as count from queue_entries ' + 'where missing > 0 group by 1',
  user_counts:
    "select user_id, status, count(*) as count, sum((select coalesce(sum(value ->> '$.count'), 0) " +
    "from json_each(items))) as resources from reservations where status <> 'ended' group by 1, 2",
  ended_counts:
    "select user_id, count(*) as count from reservations where status = 'ended' group by 1",
};

/** Their names. */
export const COUNTERS = Object.keys(RECOUNTS);

/** Queries that find wrong counters, by table; a missing row counts as 0. */
export const MISCOUNTS: Record<string, string> = Object.fromEntries(
  Object.entries(RECOUNTS).map(([table, recount]) => [
    table,
    `select * from (select * from ${table} where count <> 0 except select * from (${recount}))
     union all select * from (select * from (${recount}) except select * from ${table})`,
  ]),
);

/** The wrong counters, with their values and the right ones. */
export function miscounted(connection: Database.Database): unknown[] {
  return Object.entries(MISCOUNTS).flatMap(([table, sql]) =>
    connection
      .prepare<[], object>(sql)
      .all()
      .map((row) => ({ table, ...row })),
  );
}
