import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ActorKind } from '../../domain/author';
import { FREQUENT_TYPES, type Changed, type EventData, type EventType } from '../../domain/event';
import { nullableJson } from './schema-json';

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

/** The types of which each loan leaves some, as SQL. */
export const OF_LOANS = FREQUENT_TYPES.map((type) => `'${type}'`).join(', ');

export const events = sqliteTable(
  'events',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    at: integer('at').notNull(),
    type: text('type').$type<EventType>().notNull(),
    poolId: text('pool_id'),
    resourceId: text('resource_id'),
    reservationId: text('reservation_id'),
    userId: text('user_id'),
    // The author; null in events from before these columns.
    actorKind: text('actor_kind').$type<ActorKind>(),
    actorId: text('actor_id'),
    actorName: text('actor_name'),
    actorToken: text('actor_token'),
    requestId: text('request_id'),
    address: text('address'),
    data: text('data', { mode: 'json' }).$type<EventData>().notNull(),
    changed: nullableJson<Changed>('changed'),
  },
  // An index on one column serves a list in order of seq, which is the rowid and so its last part.
  (table) => [
    index('events_by_resource')
      .on(table.resourceId)
      .where(sql`${table.resourceId} is not null`),
    index('events_by_reservation')
      .on(table.reservationId)
      .where(sql`${table.reservationId} is not null`),
    index('events_by_user')
      .on(table.userId)
      .where(sql`${table.userId} is not null`),
    index('events_by_pool')
      .on(table.poolId)
      .where(sql`${table.poolId} is not null`),
    // The events of jobs are many, and soon found without an index; so are those of a loan.
    index('events_by_actor')
      .on(table.actorId)
      .where(sql`${table.actorKind} <> 'job'`),
    index('events_by_type')
      .on(table.type)
      .where(sql`${table.type} not in (${sql.raw(OF_LOANS)})`),
  ],
);

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
