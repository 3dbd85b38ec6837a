import { sql, type SQL } from 'drizzle-orm';
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { ReturnRecord } from '../../domain/returns/record';

const field = (name: keyof ReturnRecord): SQL => sql.raw(`json_extract("record", '$.${name}')`);

/**
 * Return records, in a chain. `record` is canonical JSON, the very bytes that `hash` is of, so that
 * the columns by which it is found are worked out from it.
 */
export const returns = sqliteTable(
  'returns',
  {
    seq: integer('seq').primaryKey(),
    /** The hash of the record before it. */
    previous: text('previous').notNull(),
    hash: text('hash').notNull(),
    record: text('record').notNull(),
    at: integer('at').notNull().generatedAlwaysAs(field('at')),
    resourceId: text('resource_id').notNull().generatedAlwaysAs(field('resourceId')),
    generation: integer('generation').notNull().generatedAlwaysAs(field('generation')),
    poolId: text('pool_id').notNull().generatedAlwaysAs(field('poolId')),
    level: text('level').notNull().generatedAlwaysAs(field('level')),
  },
  (table) => [
    // Each also has the number of the record. The generation of a resource rises with it, and so does
    // the time, which needs no index for that.
    index('returns_by_generation').on(table.resourceId, table.generation),
    index('returns_by_pool').on(table.poolId, table.level),
    index('returns_by_level').on(table.level),
  ],
);

/** Where a chain ends, and where what is left of it begins. */
export const chainEnds = sqliteTable('chain_ends', {
  name: text('name').$type<'first' | 'last'>().primaryKey(),
  /** `last`: of the newest record; `first`: of the newest one that was forgotten. */
  seq: integer('seq').notNull(),
  hash: text('hash').notNull(),
});
