import { serve } from '../../domain/loans/granting';
import { end } from '../../domain/loans/ending';
import { nothing } from '../../domain/change';
import type { Pool } from '../../domain/pools/pool';
import { capacityOf } from '../../domain/pools/sizing';
import { unsatisfiable, type EligibleClass } from '../../domain/queue/matching';
import { contextOf, type Engine } from '../engine';

const BATCH = 50;
const PAGE = 500;

/**
 * Serves lines in which something is available while somebody waits. A decision that frees much at
 * once serves only the heads it has loaded; this serves the rest, and mends whatever a crash may
 * have left between.
 */
export async function serveQueues(engine: Engine): Promise<void> {
  const { store } = engine;
  for (let turn = 0; turn < BATCH; turn += 1) {
    const classIds = await store.read.queuesToServe(BATCH);
    if (classIds.length === 0) return;
    const served = await store.transact({ load: 'classes', classIds }, (snapshot, now) => {
      const changes = serve(snapshot, now);
      return { changes, value: changes.length };
    });
    if (served === 0) return;
  }
}

/** Refuses who waits for more than a pool can hold since it shrank or goes. */
export async function refuseUnsatisfiable(engine: Engine, pool: Pool): Promise<void> {
  const { read } = engine.store;
  for (const { id: classId, type } of await read.classesOf(pool.id)) {
    const capacity = capacityOf(pool, type);
    if (capacity === Infinity) continue;
    for (let after: string | null = null; ;) {
      const ids = await read.waitingForMore(classId, capacity, after, PAGE);
      for (const id of ids) await refuse(engine, id);
      if (ids.length < PAGE) break;
      after = ids.at(-1)!;
    }
  }
}

/** Refuses who waits for a resource by name that is being removed: it will not come back. */
export async function refuseGone(engine: Engine): Promise<void> {
  for (;;) {
    const ids = await engine.store.read.waitingForGone(PAGE);
    for (const id of ids)
      await endAsRefused(
        engine,
        id,
        'unsatisfiable: the resource that was asked for is being removed',
      );
    if (ids.length < PAGE) return;
  }
}

async function refuse(engine: Engine, id: string): Promise<void> {
  const { store } = engine;
  const queuePositions = await store.read.queuePositions(id);
  const pools = Object.fromEntries((await store.read.pools()).map((pool) => [pool.id, pool]));
  const classes = new Map<number, EligibleClass>();
  for (const poolId of Object.keys(pools)) {
    for (const resourceClass of await store.read.classesOf(poolId))
      classes.set(resourceClass.id, {
        classId: resourceClass.id,
        poolId,
        type: resourceClass.type,
        resourceId: null,
      });
  }
  const choices = queuePositions.map(({ classIds }) =>
    classIds.flatMap((classId) => classes.get(classId) ?? []),
  );
  if (
    unsatisfiable(
      { choices, pools },
      queuePositions.map(({ count }) => count),
    ) === null
  )
    return;
  await endAsRefused(
    engine,
    id,
    'unsatisfiable: the pool has become smaller than what was asked for',
  );
}

function endAsRefused(engine: Engine, id: string, detail: string): Promise<string> {
  return engine.store.transact({ load: 'reservation', id }, (snapshot, now) =>
    snapshot?.reservation.status === 'queued'
      ? end(snapshot, 'refused', detail, contextOf(engine, now))
      : nothing(id),
  );
}
