import { nothing } from '../../domain/change';
import { serve } from '../../domain/loans/granting';
import { refuseHopeless } from '../../domain/loans/refusal';
import type { Pool } from '../../domain/pools/pool';
import { capacityOf } from '../../domain/pools/sizing';
import { review } from '../../domain/queue/review';
import { contextOf, type Engine } from '../engine';

const BATCH = 50;
const PAGE = 500;

/**
 * Serves the queues of classes in which something is available while somebody waits, and requests
 * that name something available. A decision that frees many resources at once serves only the heads
 * that it loaded; this serves the rest, and repairs whatever a crash left unfinished. Only the job
 * `reconcile` calls it.
 */
export function serveQueues(engine: Engine): Promise<void> {
  const { read } = engine.store;
  return serveAll(
    engine,
    async (after) => ({
      classIds: await read.queuesToServe(after.classId, BATCH),
      named: await read.namedToServe(after.named, BATCH),
    }),
    false,
  );
}

/**
 * Looks again at a page of the requests that hold something or are parked: those after this id. Gives
 * the id after which to go on; empty: from the first. Only the job `reconcile` calls it.
 */
export async function reviewBundles({ store }: Engine, after: string): Promise<string> {
  const ids = await store.read.bundlesToReview(after, BATCH);
  const again = (id: string) =>
    store.transact({ load: 'review', id }, (snapshot, now) => ({
      changes: snapshot ? review(snapshot, now) : [],
      value: null,
    }));
  await Promise.all(ids.map(again));
  return ids.length < BATCH ? '' : ids.at(-1)!;
}

/**
 * Lends what is held for a known time to those who are done with it before. Only the job `reconcile`
 * calls it.
 */
export function fillHoles(engine: Engine): Promise<void> {
  const { read } = engine.store;
  return serveAll(
    engine,
    async ({ classId }) => ({
      classIds: await read.queuesWithHoles(engine.store.now(), classId, BATCH),
      named: [],
    }),
    true,
  );
}

/** Queues to serve, by class, and resources that somebody waits for by name. */
interface ToServe {
  classIds: number[];
  named: string[];
}

/** Serves each of these as long as that changes anything. */
async function serveAll(
  { store }: Engine,
  next: (after: { classId: number; named: string }) => Promise<ToServe>,
  holes: boolean,
): Promise<void> {
  const after = { classId: 0, named: '' };
  for (let turn = 0; turn < BATCH; turn += 1) {
    const { classIds, named } = await next(after);
    if (classIds.length === 0 && named.length === 0) return;
    const load = { load: 'classes', classIds, named, holes } as const;
    const served = await store.transact(load, (snapshot, now) => {
      const changes = serve(snapshot, now);
      return { changes, value: changes.length };
    });
    if (served > 0) continue;
    // Where nothing changes, others must not wait behind it.
    after.classId = classIds.at(-1) ?? after.classId;
    after.named = named.at(-1) ?? after.named;
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
