import { sql } from 'drizzle-orm';
import type { Retention } from '../store';
import type { Db } from './database';

/**
 * Deletes a bounded number of rows that are past their time; gives how many. The newest event
 * stays: the clock reads it. Allocations of a resource are found by their ids, which begin with the
 * resource's. Imported tokens stay, revoked ones too: were they gone, the same file imported again
 * would bring them back to life. No token goes before the events that tell of its making and its
 * end.
 */
export function prune(db: Db, before: Retention, limit: number): number {
  const run = (statement: ReturnType<typeof sql>): number => db.run(statement).changes;
  const token = Math.min(before.reservations, before.events);
  const ended = sql`select id from reservations where ended_at < ${before.reservations} limit ${limit}`;
  return (
    run(
      sql`delete from events where seq in (select seq from events where at < ${before.events} and seq < (select max(seq) from events) order by seq limit ${limit})`,
    ) +
    run(
      sql`delete from idempotency_keys where rowid in (select rowid from idempotency_keys where created_at < ${before.idempotency} limit ${limit})`,
    ) +
    run(
      sql`delete from operations where id in (select id from operations where finished_at < ${before.operations} limit ${limit})`,
    ) +
    run(sql`delete from allocations where ended_at is not null and reservation_id in (${ended})`) +
    run(sql`delete from reservations where id in (${ended})`) +
    run(sql`delete from resources where id in (select id from resources where destroyed_at < ${before.reservations}
      and not exists (select 1 from allocations where allocations.id > resources.id || '.' and allocations.id < resources.id || '/') limit ${limit})`) +
    run(
      sql`delete from api_tokens where id in (select id from api_tokens where revoked_at < ${token} and not imported limit ${limit})`,
    ) +
    run(
      sql`delete from api_tokens where id in (select id from api_tokens where expires_at < ${token} and (revoked_at is null or revoked_at < ${token}) and not imported limit ${limit})`,
    ) +
    run(
      sql`delete from class_counts where count = 0 and class_id not in (select id from resource_classes)`,
    ) +
    run(
      sql`delete from queue_lengths where count = 0 and class_id not in (select id from resource_classes)`,
    )
  );
}
