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

/** Refuses requests that wait for more than a pool can hold since it shrank or goes. */
export async function refuseUnsatisfiable(engine: Engine, pool: Pool): Promise<void> {
  const { read } = engine.store;
  const now = await everyClass(engine);
  for (const { id: classId, type } of await read.classesOf(pool.id)) {
    const capacity = capacityOf(pool, type);
    if (capacity === Infinity) continue;
    for (let after: string | null = null; ;) {
      const ids = await read.waitingForMore(classId, capacity, after, PAGE);
      await Promise.all(ids.map((id) => refuse(engine, now, id)));
      if (ids.length < PAGE) break;
      after = ids.at(-1)!;
    }
  }
}

/** Refuses requests that name a resource which is being removed: it will not come back. */
export async function refuseGone(engine: Engine): Promise<void> {
  const detail = 'unsatisfiable: the resource that was asked for is being removed';
  for (;;) {
    const ids = await engine.store.read.waitingForGone(PAGE);
    await Promise.all(ids.map((id) => endAsRefused(engine, id, detail)));
    if (ids.length < PAGE) return;
  }
}

/** All pools and classes, by id. */
interface PoolsNow {
  pools: Record<string, Pool>;
  classes: Map<number, EligibleClass>;
}

async function everyClass({ store }: Engine): Promise<PoolsNow> {
  const pools = Object.fromEntries((await store.read.pools()).map((pool) => [pool.id, pool]));
  const classes = new Map<number, EligibleClass>();
  for (const poolId of Object.keys(pools)) {
    for (const { id: classId, type } of await store.read.classesOf(poolId))
      classes.set(classId, { classId, poolId, type, resourceId: null });
  }
  return { pools, classes };
}

async function refuse(engine: Engine, { pools, classes }: PoolsNow, id: string): Promise<void> {
  const positions = await engine.store.read.queuePositions(id);
  const choices = positions.map(({ classIds }) =>
    classIds.flatMap((classId) => classes.get(classId) ?? []),
  );
  const counts = positions.map(({ count }) => count);
  if (unsatisfiable({ choices, pools }, counts) === null) return;
  const detail = 'unsatisfiable: the pool has become smaller than what was asked for';
  await endAsRefused(engine, id, detail);
}

function endAsRefused(engine: Engine, id: string, detail: string): Promise<string> {
  return engine.store.transact({ load: 'reservation', id }, (snapshot, now) =>
    snapshot?.reservation.status === 'queued'
      ? end(snapshot, 'refused', detail, contextOf(engine, now))
      : nothing(id),
  );
}
