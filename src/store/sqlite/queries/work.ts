import { and, asc, desc, eq, gt, isNotNull, isNull, lte, sql } from 'drizzle-orm';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { reader } from '../rows';
import { breakers, operations, resources } from '../schema';
import type { Answers } from './types';

type WorkAnswers = Pick<
  Answers,
  | 'breakers'
  | 'breaker'
  | 'claimedCounts'
  | 'supersededUntil'
  | 'due'
  | 'nextDue'
  | 'operation'
  | 'operationWithResource'
>;

/** Driver calls that are due or in progress. */
export function workAnswers(db: Db): WorkAnswers {
  return {
    breakers: lazily(() => {
      const select = reader(db.select().from(breakers));
      return () => select.all();
    }),
    breaker: lazily(() => breakerOf(db)),
    claimedCounts: lazily(() => claimedCounts(db)),
    supersededUntil: lazily(() => supersededUntil(db)),
    due: lazily(() => due(db)),
    nextDue: lazily(() => nextDue(db)),
    operation: lazily(() => operationById(db)),
    operationWithResource: lazily(() => operationWithResource(db)),
  };
}

function breakerOf(db: Db): Answers['breaker'] {
  const select = reader(
    db
      .select()
      .from(breakers)
      .where(eq(breakers.poolId, given('poolId'))),
  );
  return ({ poolId }) => select.get({ poolId }) ?? null;
}

function claimedCounts(db: Db): Answers['claimedCounts'] {
  const select = reader(
    db
      .select({
        all: sql<number>`count(*)`,
        own: sql<number>`count(*) filter (where ${operations.claimedBy} = ${given('worker')})`,
      })
      .from(operations)
      .where(
        and(
          eq(operations.poolId, given('poolId')),
          gt(operations.claimedUntil, given('now')),
          isNull(operations.finishedAt),
        ),
      ),
  );
  return ({ poolIds, now, worker }) =>
    poolIds.map((poolId) => select.get({ poolId, now, worker })!);
}

function supersededUntil(db: Db): Answers['supersededUntil'] {
  const select = reader(
    db
      .select({ at: operations.claimedUntil })
      .from(operations)
      .where(and(eq(operations.poolId, given('poolId')), sql`${operations.outcome} = 'superseded'`))
      .orderBy(desc(operations.claimedUntil))
      .limit(upTo(1)),
  );
  return ({ poolId }) => select.get({ poolId })?.at ?? null;
}

const inPool = eq(resources.poolId, given('poolId'));
const isOfKind = eq(resources.nextOperation, given('kind'));
const isFree = isNull(resources.heldFor);

function due(db: Db): Answers['due'] {
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(inPool, isOfKind, lte(resources.dueAt, given('now')), isFree))
      .orderBy(asc(resources.dueAt))
      .limit(upTo('limit'))
      .offset(upTo('offset')),
  );
  return (query) => select.all(query);
}

function nextDue(db: Db): Answers['nextDue'] {
  const select = reader(
    db
      .select({ at: resources.dueAt })
      .from(resources)
      .where(and(inPool, isOfKind, isNotNull(resources.dueAt), isFree))
      .orderBy(asc(resources.dueAt))
      .limit(upTo(1)),
  );
  return ({ poolIds, kinds }) =>
    poolIds.map((poolId) => {
      const times = kinds.map((kind) => select.get({ poolId, kind })?.at ?? Infinity);
      const first = Math.min(...times);
      return first === Infinity ? null : first;
    });
}

function operationById(db: Db): Answers['operation'] {
  const select = reader(
    db
      .select()
      .from(operations)
      .where(eq(operations.id, given('id'))),
  );
  return ({ id }) => select.get({ id }) ?? null;
}

function operationWithResource(db: Db): Answers['operationWithResource'] {
  const select = reader(
    db
      .select({ operation: operations, resource: resources })
      .from(operations)
      .innerJoin(resources, eq(resources.id, operations.resourceId))
      .where(eq(operations.id, given('id'))),
  );
  return ({ id }) => select.get({ id }) ?? null;
}
