import { and, asc, eq, gt, isNull, lte, sql, type SQL } from 'drizzle-orm';
import { latestAllocationId } from '../../../domain/loans/allocation';
import type { Breaker } from '../../../domain/change';
import type { CompletionSnapshot } from '../../../domain/lifecycle/completion';
import type { ReservationSnapshot } from '../../../domain/loans/ending';
import {
  OPERATION_KINDS,
  type Operation,
  type OperationKind,
} from '../../../domain/lifecycle/operation';
import type { Pool } from '../../../domain/pools/pool';
import type { Resource } from '../../../domain/lifecycle/resource';
import type { RestoredSnapshot } from '../../../domain/lifecycle/restored';
import type { LeftClaim, StartupSnapshot } from '../../../domain/lifecycle/recovery';
import { mayMakeReady } from '../../../domain/lifecycle/operation-steps';
import type { DueOperation, WorkSnapshot } from '../../../domain/lifecycle/claims';
import type { Load } from '../../loads';
import { constant, upTo } from '../bounds';
import type { Db } from '../database';
import { reader } from '../rows';
import { allocations, breakers, credentials, operations, reservations, resources } from '../schema';
import type { PoolCache } from './pool-cache';
import type { QueueLoader } from './queues';

/**
 * What is due: in each pool in order of urgency (OPERATION_KINDS), within the room that its driver
 * has, and of the pools one by one in turn, those with the fewest calls under way first. So one
 * that has much to do, fails or hangs takes nothing from the others.
 */
export function workLoader(db: Db, pools: PoolCache) {
  const running = reader(
    db
      .select({ count: sql<number>`count(*)` })
      .from(operations)
      .where(
        and(
          eq(operations.poolId, sql.placeholder('poolId')),
          gt(operations.claimedUntil, sql.placeholder('now')),
          isNull(operations.finishedAt),
        ),
      ),
  );
  const due = reader(
    db
      .select()
      .from(resources)
      .where(
        and(
          eq(resources.poolId, sql.placeholder('poolId')),
          eq(resources.nextOperation, sql.placeholder('kind')),
          lte(resources.dueAt, sql.placeholder('now')),
          isNull(resources.heldFor),
        ),
      )
      .orderBy(asc(resources.dueAt))
      .limit(upTo(sql.placeholder('limit')))
      .offset(upTo(sql.placeholder('offset'))),
  );
  /** Read in small pieces, as far as it is wanted. */
  function* inOrder(
    pool: Pool,
    kinds: readonly OperationKind[],
    now: number,
    piece: number,
  ): Generator<Resource, undefined> {
    for (const kind of OPERATION_KINDS.filter((candidate) => kinds.includes(candidate))) {
      for (let offset = 0; ; offset += piece) {
        const found = due.all({ poolId: pool.id, kind, now, limit: piece, offset });
        yield* found;
        if (found.length < piece) break;
      }
    }
  }
  const complete = taskLoader(db);
  const breaker = reader(db.select().from(breakers));
  return ({ kinds, limit }: Load<'work'>, now: number): WorkSnapshot => {
    const open = Object.fromEntries(
      breaker.all().map((row): [string, Breaker] => [row.poolId, row]),
    );
    const ready = pools.all().filter(({ pool }) => (open[pool.id]?.openUntil ?? 0) <= now);
    const piece = Math.ceil(limit / Math.max(1, ready.length));
    const turns = ready.map(({ pool }) => {
      const underWay = running.get({ poolId: pool.id, now })!.count;
      // After a failure of the whole back end one call is let through to see whether it is back.
      const most = open[pool.id] ? 1 : pool.policy.concurrency;
      return { pool, underWay, room: most - underWay, next: inOrder(pool, kinds, now, piece) };
    });
    const work = inTurn(
      turns.sort((a, b) => a.underWay - b.underWay),
      limit,
    ).map(({ resource, pool }) => complete(resource, pool));
    return { due: work, breakers: open };
  };
}

interface Turn {
  pool: Pool;
  room: number;
  next: Generator<Resource, undefined>;
}

/** One of each after the other, until none has room or more to do, or there are `limit`. */
function inTurn(turns: Turn[], limit: number): { resource: Resource; pool: Pool }[] {
  const taken: { resource: Resource; pool: Pool }[] = [];
  for (let left = turns; left.length > 0 && taken.length < limit;) {
    left = left.filter((turn) => {
      const resource = turn.room > 0 && taken.length < limit ? turn.next.next().value : undefined;
      if (!resource) return false;
      turn.room -= 1;
      taken.push({ resource, pool: turn.pool });
      return true;
    });
  }
  return taken;
}

/** Completes a resource to all that its next driver call needs. */
function taskLoader(db: Db): (resource: Resource, pool: Pool, known?: Operation) => DueOperation {
  const operation = reader(
    db
      .select()
      .from(operations)
      .where(eq(operations.id, sql.placeholder('id'))),
  );
  const credential = reader(
    db
      .select()
      .from(credentials)
      .where(eq(credentials.resourceId, sql.placeholder('id')))
      .orderBy(credentials.createdAt),
  );
  const allocation = reader(
    db
      .select()
      .from(allocations)
      .where(eq(allocations.id, sql.placeholder('id'))),
  );
  const reservation = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, sql.placeholder('id'))),
  );
  return (resource, pool, known) => {
    const access =
      resource.nextOperation === 'openAccess' || resource.nextOperation === 'closeAccess';
    const last = access ? (allocation.get({ id: latestAllocationId(resource) }) ?? null) : null;
    return {
      resource,
      pool,
      operation:
        known ??
        (resource.operationId ? (operation.get({ id: resource.operationId }) ?? null) : null),
      credentials: pool.capabilities.staticCredential ? credential.all({ id: resource.id }) : [],
      allocation: last,
      reservation: last ? (reservation.get({ id: last.reservationId }) ?? null) : null,
    };
  };
}

type ReservationLoader = (id: string, now: number) => ReservationSnapshot | null;

/** An operation with its resource and line, for the report of what came of it. */
export function operationLoader(
  db: Db,
  pools: PoolCache,
  queues: QueueLoader,
  loan: ReservationLoader,
) {
  const select = reader(
    db
      .select({ operation: operations, resource: resources })
      .from(operations)
      .innerJoin(resources, eq(resources.id, operations.resourceId))
      .where(eq(operations.id, sql.placeholder('id'))),
  );
  const breaker = reader(
    db
      .select()
      .from(breakers)
      .where(eq(breakers.poolId, sql.placeholder('id'))),
  );
  const complete = taskLoader(db);
  return (id: string, now: number): CompletionSnapshot | null => {
    const both = select.get({ id });
    const cached = both && pools.byId(both.resource.poolId);
    if (!both || !cached) return null;
    const { operation: found, resource: of } = both;
    const task = { ...complete(of, cached.pool, found), operation: found };
    // If another step follows anyway, nobody is served yet.
    const ends = mayMakeReady(found, task.credentials);
    const {
      queues: classes,
      reservations: waiting,
      pools: known,
    } = queues(
      { classIds: ends ? [of.classId] : [], need: 0, candidates: ends ? [of.id] : [] },
      now,
    );
    const opening =
      found.kind === 'openAccess' && task.reservation ? loan(task.reservation.id, now) : null;
    known[of.poolId] = cached.pool;
    return {
      queues: classes,
      reservations: waiting,
      pools: known,
      task,
      breaker: breaker.get({ id: of.poolId }) ?? null,
      loan: opening,
    };
  };
}

/** What a worker, or all whose names begin alike, has claimed and not reported. */
export function claimsLoader(db: Db) {
  const select = reader(
    db
      .select({ operation: operations, resource: resources })
      .from(operations)
      .innerJoin(
        resources,
        and(eq(resources.id, operations.resourceId), eq(resources.operationId, operations.id)),
      )
      .where(
        and(
          isNull(operations.finishedAt),
          gt(operations.claimedUntil, 0),
          sql`substr(${operations.claimedBy}, 1, length(${sql.placeholder('worker')})) = ${sql.placeholder('worker')}`,
        ),
      )
      .limit(upTo(sql.placeholder('limit'))),
  );
  return ({ worker, limit }: Load<'claims'>): LeftClaim[] => select.all({ worker, limit });
}

/** Available resources, in order of id. */
export function startupLoader(
  db: Db,
  pools: PoolCache,
): (load: Load<'startup'>) => StartupSnapshot {
  return pageLoader(db, pools, eq(resources.status, constant('available')));
}

/** All resources, in order of id. */
export function restoredLoader(
  db: Db,
  pools: PoolCache,
): (load: Load<'restored'>) => RestoredSnapshot {
  return pageLoader(db, pools);
}

function pageLoader(db: Db, pools: PoolCache, which?: SQL) {
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(gt(resources.id, sql.placeholder('after')), which))
      .orderBy(asc(resources.id))
      .limit(upTo(sql.placeholder('limit'))),
  );
  return ({ after, limit }: { after: string; limit: number }) => {
    const found = select.all({ after, limit });
    const known = [...new Set(found.map(({ poolId }) => poolId))].flatMap(
      (id) => pools.byId(id)?.pool ?? [],
    );
    return { resources: found, pools: Object.fromEntries(known.map((pool) => [pool.id, pool])) };
  };
}
