import { and, asc, desc, eq, gt, gte, lt, lte, sql } from 'drizzle-orm';
import { LEVELS } from '../../../domain/returns/level';
import type { ReturnRecord } from '../../../domain/returns/record';
import type { Reads, ReturnFilter, ReturnPage, StoredReturn } from '../../reads';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { reader } from '../rows';
import { chainEnds, returns } from '../schema';

type ReturnReads = Pick<Reads, 'returns' | 'returnBefore' | 'returnLinks' | 'chainEnds'>;

type Row = Pick<typeof returns.$inferSelect, 'seq' | 'hash' | 'record'>;

const COLUMNS = { seq: returns.seq, hash: returns.hash, record: returns.record };
/** Later than any record, and a number that SQLite and JavaScript share. */
const NO_END = Number.MAX_SAFE_INTEGER;

/** Look-ups of return records and of their chain. */
export function returnReads(db: Db): ReturnReads {
  const list = returnLister(db);
  const before = reader(
    db
      .select(COLUMNS)
      .from(returns)
      .where(
        and(
          eq(returns.resourceId, given('resourceId')),
          lte(returns.generation, given('generation')),
          sql`json_extract(${returns.record}, '$.cause') <> ${given('besides')}`,
        ),
      )
      .orderBy(desc(returns.generation), desc(returns.seq))
      .limit(upTo(1)),
  );
  const links = reader(
    db
      .select({ ...COLUMNS, previous: returns.previous })
      .from(returns)
      .where(gt(returns.seq, given('seq')))
      .orderBy(asc(returns.seq))
      .limit(upTo('limit')),
  );
  const ends = reader(db.select().from(chainEnds));
  return {
    returns: async (filter, page) => list(filter, page).map(stored),
    returnBefore: async (resourceId, generation, besides) => {
      const found = before.get({ resourceId, generation, besides });
      return found ? stored(found) : null;
    },
    returnLinks: async (seq, limit) => links.all({ seq, limit }),
    chainEnds: async () => {
      const found = ends.all();
      const named = (end: 'first' | 'last') => found.find(({ name }) => name === end) ?? null;
      return { first: named('first'), last: named('last') };
    },
  };
}

function stored({ seq, hash, record }: Row): StoredReturn {
  return { seq, hash, record: JSON.parse(record) as ReturnRecord };
}

/**
 * Pages of records, the newest first. Every filter has an index in that order; a page of a pool is
 * merged from its levels, so that nothing is scanned that the filter excludes.
 */
function returnLister(db: Db): (filter: ReturnFilter, page: ReturnPage) => Row[] {
  const within = and(gte(returns.seq, given('from')), lt(returns.seq, given('to')));
  const newest = (...where: Parameters<typeof and>) =>
    reader(
      db
        .select(COLUMNS)
        .from(returns)
        .where(and(within, ...where))
        .orderBy(desc(returns.seq))
        .limit(upTo('limit')),
    );
  const ofLevel = eq(returns.level, given('level'));
  const lists = {
    all: newest(),
    level: newest(ofLevel),
    pool: newest(ofLevel, eq(returns.poolId, given('poolId'))),
  };
  const ofResource = resourceLister(db);
  const place = placeInTime(db);
  return ({ resourceId, poolId, level, since, until }, { after, limit }) => {
    if (resourceId !== undefined) return ofResource(resourceId, after, limit);
    const from = since === undefined ? 0 : place(since);
    const to = Math.min(after ?? NO_END, until === undefined ? NO_END : place(until));
    const bounds = { from, to, limit };
    if (poolId === undefined)
      return level === undefined ? lists.all.all(bounds) : lists.level.all({ ...bounds, level });
    return (level === undefined ? LEVELS : [level])
      .flatMap((each) => lists.pool.all({ ...bounds, poolId, level: each }))
      .sort((a, b) => b.seq - a.seq)
      .slice(0, limit);
  };
}

/** The same for one resource, whose records are in order of its generation. */
function resourceLister(db: Db) {
  const placed = reader(
    db
      .select({ generation: returns.generation })
      .from(returns)
      .where(eq(returns.seq, given('after'))),
  );
  const older = reader(
    db
      .select(COLUMNS)
      .from(returns)
      .where(
        and(
          eq(returns.resourceId, given('resourceId')),
          lte(returns.generation, given('generation')),
          lt(returns.seq, given('to')),
        ),
      )
      .orderBy(desc(returns.generation), desc(returns.seq))
      .limit(upTo('limit')),
  );
  return (resourceId: string, after: number | null, limit: number): Row[] => {
    const generation = after === null ? NO_END : (placed.get({ after })?.generation ?? NO_END);
    return older.all({ resourceId, generation, to: after ?? NO_END, limit });
  };
}

/** Finds the first record at a time (epoch ms) or later by halving: time rises with the number. */
function placeInTime(db: Db): (at: number) => number {
  const from = reader(
    db
      .select({ seq: returns.seq, at: returns.at })
      .from(returns)
      .where(gte(returns.seq, given('seq')))
      .orderBy(asc(returns.seq))
      .limit(upTo(1)),
  );
  const newest = reader(
    db.select({ seq: returns.seq }).from(returns).orderBy(desc(returns.seq)).limit(upTo(1)),
  );
  return (at) => {
    let [low, high] = [0, (newest.get()?.seq ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = from.get({ seq: middle });
      if (!found || found.at >= at) high = middle;
      else low = found.seq + 1;
    }
    return from.get({ seq: low })?.seq ?? NO_END;
  };
}
