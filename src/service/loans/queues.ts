import { nothing } from '../../domain/change';
import { end } from '../../domain/loans/ending';
import { serve } from '../../domain/loans/granting';
import type { Pool } from '../../domain/pools/pool';
import { capacityOf } from '../../domain/pools/sizing';
import { unsatisfiable, type EligibleClass } from '../../domain/queue/matching';
import { contextOf, type Engine } from '../engine';

const BATCH = 50;
const PAGE = 500;

/**
 * Serves the queues of classes in which something is available while somebody waits. A decision
 * that frees many resources at once serves only the heads that it loaded; this serves the rest, and
 * repairs whatever a crash left unfinished. Only the job `reconcile` calls it.
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

/** Refuses requests for more than a pool can lend, after it shrank or while it is being deleted. */
export async function refuseUnsatisfiable(engine: Engine, pool: Pool): Promise<void> {
  const { read } = engine.store;
  const eligible = eligibleClasses(engine);
  for (const { id: classId, type } of await read.classesOf(pool.id)) {
    const capacity = capacityOf(pool, type);
    if (capacity === Infinity) continue;
    for (let after: string | null = null; ;) {
      const ids = await read.waitingForMore(classId, capacity, after, PAGE);
      await Promise.all(ids.map((id) => refuseIfUnsatisfiable(engine, id, eligible)));
      if (ids.length < PAGE) break;
      after = ids.at(-1)!;
    }
  }
}

/** Refuses requests that name a resource which is being removed. */
export async function refuseGone(engine: Engine): Promise<void> {
  const detail = 'unsatisfiable: the resource that was asked for is being removed';
  for (;;) {
    const ids = await engine.store.read.waitingForGone(PAGE);
    await Promise.all(ids.map((id) => endAsRefused(engine, id, detail)));
    if (ids.length < PAGE) return;
  }
}

interface Eligible {
  pools: Record<string, Pool>;
  classes: Map<number, EligibleClass>;
}

/** All pools and their classes, read when first needed. */
function eligibleClasses({ store: { read } }: Engine): () => Promise<Eligible> {
  let loaded: Promise<Eligible> | undefined;
  const load = async () => {
    const pools = await read.pools();
    const classes = new Map<number, EligibleClass>();
    for (const { id: poolId } of pools)
      for (const { id: classId, type } of await read.classesOf(poolId))
        classes.set(classId, { classId, poolId, type, resourceId: null });
    return { pools: Object.fromEntries(pools.map((pool) => [pool.id, pool])), classes };
  };
  return () => (loaded ??= load());
}

async function refuseIfUnsatisfiable(
  engine: Engine,
  id: string,
  eligible: () => Promise<Eligible>,
): Promise<void> {
  const positions = await engine.store.read.queuePositions(id);
  const { pools, classes } = await eligible();
  const choices = positions.map(({ classIds }) =>
    classIds.flatMap((classId) => classes.get(classId) ?? []),
  );
  const counts = positions.map(({ count }) => count);
  if (unsatisfiable({ choices, pools }, counts) === null) return;
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
