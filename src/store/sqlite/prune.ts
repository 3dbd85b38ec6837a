import { sql } from 'drizzle-orm';
import type { Cutoffs } from '../../domain/retention';
import type { Db } from './database';

/**
 * Deletes a bounded number of expired rows, as `Store.prune` says; gives their number. The
 * allocations of a resource are found by their ids, which begin with its id.
 */
export function prune(db: Db, before: Cutoffs, limit: number): number {
  const ended = sql`select id from reservations
    where ended_at < ${before.reservations} limit ${limit}`;
  const statements = [
    sql`delete from events where seq in (select seq from events
      where at < ${before.events} and seq < (select max(seq) from events)
      order by seq limit ${limit})`,
    sql`delete from idempotency_keys where rowid in (select rowid from idempotency_keys
      where created_at < ${before.idempotency} limit ${limit})`,
    sql`delete from operations where id in (select id from operations
      where finished_at < ${before.operations} limit ${limit})`,
    sql`delete from allocations where ended_at is not null and reservation_id in (${ended})`,
    sql`delete from reservations where id in (${ended})`,
    sql`delete from resources where id in (select id from resources
      where destroyed_at < ${before.reservations} and not exists (select 1 from allocations
        where allocations.id > resources.id || '.' and allocations.id < resources.id || '/')
      limit ${limit})`,
    sql`delete from api_tokens where id in (select id from api_tokens
      where revoked_at < ${before.tokens} and not imported limit ${limit})`,
    sql`delete from api_tokens where id in (select id from api_tokens
      where expires_at < ${before.tokens} and (revoked_at is null or revoked_at < ${before.tokens})
      and not imported limit ${limit})`,
    sql`delete from class_counts
      where count = 0 and class_id not in (select id from resource_classes)`,
    sql`delete from queue_lengths
      where count = 0 and class_id not in (select id from resource_classes)`,
  ];
  return statements.reduce((sum, statement) => sum + db.run(statement).changes, 0);
}
