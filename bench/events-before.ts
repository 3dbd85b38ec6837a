import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { NewEvent } from '../src/domain/event';
import { inserter } from '../src/store/sqlite/columns';
import type { Db } from '../src/store/sqlite/database';
import * as events from '../src/store/sqlite/events';

/** Events as they were before they told who did what, by which call, and what changed. */
const before = sqliteTable('events_before', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  at: integer('at').notNull(),
  type: text('type').notNull(),
  poolId: text('pool_id'),
  resourceId: text('resource_id'),
  reservationId: text('reservation_id'),
  userId: text('user_id'),
  data: text('data', { mode: 'json' }).notNull(),
});

/**
 * Loaded before a server of the bench, which then writes its events into a table of that kind, where
 * nobody reads them; everything else stays as it is. Nothing else loads this file.
 */
function appender(db: Db): (event: NewEvent, at: number) => void {
  db.$client.exec(`create table if not exists events_before (
    seq integer primary key autoincrement not null, at integer not null, type text not null,
    pool_id text, resource_id text, reservation_id text, user_id text, data text not null)`);
  const insert = inserter(db, before, ['seq']);
  return ({ type, data = {}, poolId, resourceId, reservationId, userId }, at) =>
    insert({ at, type, poolId, resourceId, reservationId, userId, data });
}

Object.assign(events, { eventAppender: appender });
