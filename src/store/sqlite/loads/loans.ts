import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import type { ResourceSnapshot } from '../../../domain/lifecycle/admin';
import type { Credential } from '../../../domain/lifecycle/credential';
import type { Holding, ReservationSnapshot } from '../../../domain/loans/ending';
import { QUEUE_DEPTH } from '../../../domain/queue/scheduling';
import type { Db } from '../database';
import { reader } from '../rows';
import { allocations, credentials, reservations, resources, queueEntries } from '../schema';
import type { PoolCache } from './pool-cache';
import type { QueueLoader } from './queues';

/** A reservation, what it holds, and the queues its end may serve. */
export function reservationLoader(db: Db, pools: PoolCache, queues: QueueLoader) {
  const select = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, sql.placeholder('id'))),
  );
  const held = reader(
    db
      .select({ allocation: allocations, resource: resources })
      .from(allocations)
      .innerJoin(resources, eq(resources.id, allocations.resourceId))
      .where(and(eq(allocations.reservationId, sql.placeholder('id')), isNull(allocations.endedAt)))
      .orderBy(asc(allocations.item), asc(resources.number)),
  );
  const kept = reader(
    db
      .select()
      .from(resources)
      .where(eq(resources.heldFor, sql.placeholder('id'))),
  );
  const usage = reader(
    db
      .select({ classId: queueEntries.classId })
      .from(queueEntries)
      .where(eq(queueEntries.reservationId, sql.placeholder('id'))),
  );
  return (id: string, now: number): ReservationSnapshot | null => {
    const reservation = select.get({ id });
    if (!reservation) return null;
    const queued = reservation.status === 'queued';
    const holdings: Holding[] = queued || reservation.status === 'ended' ? [] : held.all({ id });
    const aside = queued ? kept.all({ id }) : [];
    const poolIds = [
      ...new Set(
        [...holdings.map(({ resource }) => resource), ...aside].map(({ poolId }) => poolId),
      ),
    ];
    const own = Object.fromEntries(poolIds.map((poolId) => [poolId, pools.byId(poolId)!.pool]));
    // What must be cleaned first frees nothing now; only then is there no line to look at.
    const atOnce = holdings.filter(
      ({ resource }) => own[resource.poolId]!.capabilities.leavesNothing,
    );
    const classIds = [
      ...new Set(
        [...(queued ? usage.all({ id }) : []), ...atOnce.map(({ resource }) => resource)].map(
          ({ classId }) => classId,
        ),
      ),
    ];
    const candidates = [...aside, ...atOnce.map(({ resource }) => resource)].map(
      (resource) => resource.id,
    );
    const {
      queues: classes,
      reservations: waiting,
      pools: known,
    } = queues({ classIds, need: queued ? QUEUE_DEPTH : 0, candidates, except: id }, now);
    return {
      queues: classes,
      reservations: waiting,
      pools: Object.assign(known, own),
      reservation,
      holdings,
      kept: aside,
    };
  };
}

/** A resource by id or name, with its line. */
export function resourceLoader(db: Db, pools: PoolCache, queues: QueueLoader) {
  const key = sql.placeholder('key');
  const select = reader(
    db
      .select()
      .from(resources)
      .where(
        or(eq(resources.id, key), and(eq(resources.name, key), isNull(resources.destroyedAt))),
      ),
  );
  const holder = reader(
    db
      .select({ reservation: reservations })
      .from(allocations)
      .innerJoin(reservations, eq(reservations.id, allocations.reservationId))
      .where(and(eq(allocations.resourceId, sql.placeholder('id')), isNull(allocations.endedAt))),
  );
  return (idOrName: string, now: number): ResourceSnapshot | null => {
    const resource = select.get({ key: idOrName });
    const cached = resource && pools.byId(resource.poolId);
    if (!resource || !cached) return null;
    const snapshot = queues(
      { classIds: [resource.classId], need: 0, candidates: [resource.id] },
      now,
    );
    return {
      ...snapshot,
      pools: { ...snapshot.pools, [resource.poolId]: cached.pool },
      resource,
      holder:
        resource.status === 'allocated'
          ? (holder.get({ id: resource.id })?.reservation ?? null)
          : null,
    };
  };
}

/** Adds to a resource the credentials that are known of it. */
export function credentialLoader(db: Db) {
  const select = reader(
    db
      .select()
      .from(credentials)
      .where(eq(credentials.resourceId, sql.placeholder('id'))),
  );
  return <S extends ResourceSnapshot>(
    snapshot: S | null,
  ): (S & { credentials: Credential[] }) | null =>
    snapshot && { ...snapshot, credentials: select.all({ id: snapshot.resource.id }) };
}
