import { sql } from 'drizzle-orm';
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type {
  OperationKind,
  OperationOutcome,
  OperationStep,
} from '../../domain/lifecycle/operation';

/** The driver calls, intended and made; the rules of schema.ts hold here, too. */

export const operations = sqliteTable(
  'operations',
  {
    id: text('id').primaryKey(),
    resourceId: text('resource_id').notNull(),
    poolId: text('pool_id').notNull(),
    kind: text('kind').$type<OperationKind>().notNull(),
    step: text('step').$type<OperationStep>().notNull(),
    generation: integer('generation').notNull(),
    allocationId: text('allocation_id'),
    attempt: integer('attempt').notNull(),
    claimedBy: text('claimed_by'),
    claimedUntil: integer('claimed_until').notNull(),
    outcome: text('outcome').$type<OperationOutcome>(),
    error: text('error'),
    sealedMemo: text('sealed_memo'),
    requestId: text('request_id'),
    traceparent: text('traceparent'),
    createdAt: integer('created_at').notNull(),
    finishedAt: integer('finished_at'),
  },
  (table) => [
    // A resource has one operation at a time.
    uniqueIndex('operations_one_live')
      .on(table.resourceId)
      .where(sql`${table.finishedAt} is null`),
    index('operations_claimed')
      .on(table.poolId, table.claimedUntil)
      .where(sql`${table.finishedAt} is null`),
    // Spelled out: SQLite uses it only for a condition without a parameter.
    index('operations_superseded')
      .on(table.poolId, table.claimedUntil)
      .where(sql`${table.outcome} = 'superseded'`),
    index('operations_finished')
      .on(table.finishedAt)
      .where(sql`${table.finishedAt} is not null`),
  ],
);
