import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { EventType } from '../../domain/event';
import type { DeliveryState, WebhookState } from '../../domain/webhooks/webhook';

export const webhooks = sqliteTable(
  'webhooks',
  {
    id: text('id').primaryKey(),
    userId: text('user_id').notNull(),
    apiTokenId: text('api_token_id'),
    everybody: integer('everybody', { mode: 'boolean' }).notNull(),
    url: text('url').notNull(),
    types: text('types', { mode: 'json' }).$type<EventType[]>().notNull(),
    poolId: text('pool_id'),
    description: text('description').notNull(),
    state: text('state').$type<WebhookState>().notNull(),
    reason: text('reason'),
    sealedSecrets: text('sealed_secrets').notNull(),
    cursor: integer('cursor').notNull(),
    replayAfter: integer('replay_after'),
    replayTo: integer('replay_to'),
    createdAt: integer('created_at').notNull(),
    version: integer('version').notNull(),
  },
  (table) => [index('webhooks_by_user').on(table.userId, table.id)],
);

export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    id: text('id').primaryKey(),
    webhookId: text('webhook_id').notNull(),
    seq: integer('seq').notNull(),
    type: text('type').$type<EventType>().notNull(),
    reservationId: text('reservation_id'),
    state: text('state').$type<DeliveryState>().notNull(),
    tries: integer('tries').notNull(),
    since: integer('since').notNull(),
    nextTryAt: integer('next_try_at'),
    lastTryAt: integer('last_try_at'),
    lastStatus: integer('last_status'),
    lastError: text('last_error'),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    uniqueIndex('webhook_deliveries_listed').on(table.webhookId, table.seq),
    index('webhook_deliveries_pending')
      .on(table.webhookId, table.nextTryAt)
      .where(sql`${table.state} = 'pending'`),
    // The earlier deliveries of a reservation, for which later ones wait.
    index('webhook_deliveries_in_order')
      .on(table.webhookId, table.reservationId, table.seq)
      .where(sql`${table.state} = 'pending'`),
    index('webhook_deliveries_finished')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null`),
  ],
);
