import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AdminState, ResourceStatus } from '../../domain/lifecycle/resource';
import type { ReservationStatus } from '../../domain/loans/reservation';

/** The tables of counts, which triggers keep, so that counting scans nothing (decision 005). */

/** How many resources of a class are in each state. */
export const classCounts = sqliteTable(
  'class_counts',
  {
    classId: integer('class_id').notNull(),
    status: text('status').$type<ResourceStatus>().notNull(),
    adminState: text('admin_state').$type<AdminState>().notNull(),
    held: integer('held', { mode: 'boolean' }).notNull(),
    count: integer('count').notNull(),
  },
  (table) => [primaryKey({ columns: [table.classId, table.status, table.adminState, table.held] })],
);

/** How many rows of `queue_entries` each queue has that still miss something. */
export const queueLengths = sqliteTable('queue_lengths', {
  classId: integer('class_id').primaryKey(),
  count: integer('count').notNull(),
});

/**
 * How many reservations a user has in each status except `ended`, and how many resources those ask
 * for.
 */
export const userCounts = sqliteTable(
  'user_counts',
  {
    userId: text('user_id').notNull(),
    status: text('status').$type<ReservationStatus>().notNull(),
    count: integer('count').notNull(),
    resources: integer('resources').notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.status] })],
);

/** How many ended reservations of a user are kept. */
export const endedCounts = sqliteTable(
  'ended_counts',
  { userId: text('user_id').primaryKey(), count: integer('count').notNull() },
  (table) => [index('ended_counts_by_count').on(table.count)],
);
