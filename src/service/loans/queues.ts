import { nothing } from '../../domain/change';
import { serve } from '../../domain/loans/granting';
import { refuseHopeless } from '../../domain/loans/refusal';
import type { Pool } from '../../domain/pools/pool';
import { capacityOf } from '../../domain/pools/sizing';
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
  for (const { id: classId, type } of await read.classesOf(pool.id)) {
    const capacity = capacityOf(pool, type);
    if (capacity === Infinity) continue;
    for (let after: string | null = null; ;) {
      const ids = await read.waitingForMore(classId, capacity, after, PAGE);
      await Promise.all(ids.map((id) => refuse(engine, id)));
      if (ids.length < PAGE) break;
      after = ids.at(-1)!;
    }
  }
}

/** Refuses requests that name a resource which is being removed. */
export async function refuseGone(engine: Engine): Promise<void> {
  for (;;) {
    const ids = await engine.store.read.waitingForGone(PAGE);
    await Promise.all(ids.map((id) => refuse(engine, id)));
    if (ids.length < PAGE) return;
  }
}

/** Decides in the transaction: what made the request hopeless may have been taken back. */
function refuse(engine: Engine, id: string): Promise<string> {
  return engine.store.transact({ load: 'refusal', id }, (snapshot, now) =>
    snapshot ? refuseHopeless(snapshot, contextOf(engine, now)) : nothing(id),
  );
}
