import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { Step } from '../../domain/history/steps';
import type { Tally } from '../../domain/history/tally';

/**
 * The history of pools, counted by the hour and by the day; the rules of schema.ts hold here, too.
 * It outlives the rows that it counts. The pool '' is all of them together.
 */
export const historyTallies = sqliteTable(
  'history_tallies',
  {
    poolId: text('pool_id').notNull(),
    step: text('step').$type<Step>().notNull(),
    at: integer('at').notNull(),
    tally: text('tally', { mode: 'json' }).$type<Tally>().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.poolId, table.step, table.at] }),
    index('history_tallies_by_age').on(table.step, table.at),
  ],
);
