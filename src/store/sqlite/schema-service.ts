import { sql } from 'drizzle-orm';
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ActorKind } from '../../domain/author';
import type { Changed, EventData, EventType } from '../../domain/event';
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
    /** A row of `event_authors`; null in events from before authors were kept. */
    authorId: integer('author_id'),
    requestId: text('request_id'),
    traceparent: text('traceparent'),
    data: text('data', { mode: 'json' }).$type<EventData>().notNull(),
    changed: nullableJson<Changed>('changed'),
    /** 1: of a type that is rare (`isRare`); else null. */
    rare: integer('rare'),
  },
  // An index on one column serves a list in order of seq, which is the rowid and so its last part.
  // Each loan writes nine events, so only the rare ones are indexed; see decision 027.
  (table) => {
    const isRare = sql`${table.rare} is not null`;
    return [
      index('events_by_reservation')
        .on(table.reservationId)
        .where(sql`${table.reservationId} is not null`),
      index('rare_events_by_type').on(table.type).where(isRare),
      index('rare_events_by_resource').on(table.resourceId).where(isRare),
      index('rare_events_by_user').on(table.userId).where(isRare),
      index('rare_events').on(table.rare).where(isRare),
    ];
  },
);

/** Authors of events, without the call. Each connection adds those that it needs, once a day. */
export const eventAuthors = sqliteTable(
  'event_authors',
  {
    // An event whose author is forgotten must not get another one.
    id: integer('id').primaryKey({ autoIncrement: true }),
    /** Days since 1970 (UTC). */
    day: integer('day').notNull(),
    kind: text('kind').$type<ActorKind>().notNull(),
    actorId: text('actor_id').notNull(),
    name: text('name').notNull(),
    token: text('token'),
    address: text('address'),
  },
  (table) => [index('event_authors_by_actor').on(table.actorId)],
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
