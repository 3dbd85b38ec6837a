import { sql, type SQL } from 'drizzle-orm';
import type { Cutoffs } from '../../domain/retention';
import { AUTHOR_DAY } from './authors';
import type { Db } from './database';

/**
 * Deletes a bounded number of expired rows, as `Store.prune` says; returns their number. The
 * allocations of a resource are found by their ids, which begin with its id.
 */
export function prune(db: Db, before: Cutoffs, limit: number): number {
  const ended = [
    sql`select id from reservations where ended_at < ${before.reservations} limit ${limit}`,
    sql`select id from reservations
      where ended_at < ${before.unserved} and starts_at is null limit ${limit}`,
    ...excess(db, before.mostEnded, limit),
  ];
  const statements = [
    sql`delete from events where seq in (select seq from events
      where at < ${before.events} and seq < (select max(seq) from events)
      order by seq limit ${limit})`,
    sql`delete from events where seq in (select seq from events
      where seq <= (select max(seq) from events) - ${before.mostEvents}
      order by seq limit ${limit})`,
    sql`delete from event_authors where id in (select id
      from (select id, day from event_authors order by id limit ${limit})
      where (day + 1) * ${AUTHOR_DAY} <= (select at from events order by seq limit 1))`,
    sql`delete from idempotency_keys where rowid in (select rowid from idempotency_keys
      where created_at < ${before.idempotency} limit ${limit})`,
    sql`delete from operations where id in (select id from operations
      where finished_at < ${before.operations} limit ${limit})`,
    sql`delete from webhook_deliveries where id in (select id from webhook_deliveries
      where finished_at < ${before.operations} limit ${limit})`,
    sql`delete from webhook_deliveries where id in (select d.id from webhooks w
      join webhook_deliveries d on d.webhook_id = w.id where w.state = 'deleted' limit ${limit})`,
    sql`delete from webhooks where state = 'deleted'
      and not exists (select 1 from webhook_deliveries d where d.webhook_id = webhooks.id)`,
    ...ended.flatMap((found) => [
      sql`delete from allocations where ended_at is not null and reservation_id in (${found})`,
      sql`delete from reservations where id in (${found})`,
    ]),
    sql`delete from resources where id in (select id from resources
      where destroyed_at < ${before.reservations} and not exists (select 1 from allocations
        where allocations.id > resources.id || '.' and allocations.id < resources.id || '/')
      limit ${limit})`,
    sql`delete from api_tokens where id in (select id from api_tokens
      where revoked_at < ${before.tokens} and not imported limit ${limit})`,
    sql`delete from api_tokens where id in (select id from api_tokens
      where expires_at < ${before.tokens} and (revoked_at is null or revoked_at < ${before.tokens})
      and not imported limit ${limit})`,
    sql`delete from sessions where id in (select id from sessions
      where ends_at <= ${before.sessions} limit ${limit})`,
    ...Object.entries(before.tallies).map(
      ([step, at]) => sql`delete from history_tallies where (pool_id, step, at) in (
        select pool_id, step, at from history_tallies where step = ${step} and at < ${at}
        limit ${limit})`,
    ),
    sql`delete from class_counts
      where count = 0 and class_id not in (select id from resource_classes)`,
    sql`delete from queue_lengths
      where count = 0 and class_id not in (select id from resource_classes)`,
  ];
  const removed = statements.reduce((sum, statement) => sum + db.run(statement).changes, 0);
  return removed + forgetReturns(db, before.returns, limit);
}

/** Forgets the oldest records; the place at which the rest begins is kept, to verify it by. */
function forgetReturns(db: Db, before: number, limit: number): number {
  const [last] = db.all<{ seq: number }>(
    sql`select seq from (select seq, at from returns order by seq limit ${limit})
      where at < ${before} order by seq desc limit 1`,
  );
  if (!last) return 0;
  db.run(sql`insert into chain_ends (name, seq, hash)
    select 'first', seq, hash from returns where seq = ${last.seq}
    on conflict (name) do update set seq = excluded.seq, hash = excluded.hash`);
  return db.run(sql`delete from returns where seq <= ${last.seq}`).changes;
}

/** Selects the oldest ended reservations of a user who has too many; the server's own may have any number. */
function excess(db: Db, most: number, limit: number): SQL[] {
  const [user] = db.all<{ id: string; count: number }>(
    sql`select user_id as id, count from ended_counts where count > ${most}
      and user_id not in (select id from users where origin = 'system') limit 1`,
  );
  if (!user) return [];
  return [
    sql`select id from reservations where user_id = ${user.id} and status = 'ended'
      order by id limit ${Math.min(user.count - most, limit)}`,
  ];
}
