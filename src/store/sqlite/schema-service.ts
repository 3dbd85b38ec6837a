import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { EventType } from '../../domain/event';

/** The tables of the service itself; the rules of schema.ts hold here, too. */

export const idempotencyKeys = sqliteTable(
  'idempotency_keys',
  {
    principal: text('principal').notNull(),
    method: text('method').notNull(),
    path: text('path').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    resultId: text('result_id').notNull(),
    answer: text('answer'),
    createdAt: integer('created_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.method, table.path, table.key] }),
    index('idempotency_keys_by_age').on(table.createdAt),
  ],
);

export const events = sqliteTable('events', {
  seq: integer('seq').primaryKey({ autoIncrement: true }),
  at: integer('at').notNull(),
  type: text('type').$type<EventType>().notNull(),
  poolId: text('pool_id'),
  resourceId: text('resource_id'),
  reservationId: text('reservation_id'),
  userId: text('user_id'),
  data: text('data', { mode: 'json' })
    .$type<Record<string, string | number | boolean | null>>()
    .notNull(),
});

/** Single facts of the installation: its id, sealed keys, the pools file as last loaded. */
export const metadata = sqliteTable('metadata', {
  name: text('name').primaryKey(),
  value: text('value').notNull(),
});

/** When each job last finished a pass. */
export const jobHeartbeats = sqliteTable('job_heartbeats', {
  job: text('job').primaryKey(),
  at: integer('at').notNull(),
});
