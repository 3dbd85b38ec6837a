import { serve } from '../domain/granting';
import { end } from '../domain/ending';
import { nothing } from '../domain/change';
import type { Pool } from '../domain/pool';
import { capacityOf } from '../domain/sizing';
import { unsatisfiable, type LineChoice } from '../domain/submission';
import { momentOf, type Engine } from './engine';

const BATCH = 50;
const PAGE = 500;

/**
 * Serves lines in which something is available while somebody waits. A decision that frees much at
 * once serves only the heads it has loaded; this serves the rest, and mends whatever a crash may
 * have left between.
 */
export async function serveLines(engine: Engine): Promise<void> {
  const { store } = engine;
  for (let turn = 0; turn < BATCH; turn += 1) {
    const lineIds = await store.read.linesToServe(BATCH);
    if (lineIds.length === 0) return;
    const served = await store.transact({ load: 'lines', lineIds }, (snapshot, now) => {
      const changes = serve(snapshot, now);
      return { changes, value: changes.length };
    });
    if (served === 0) return;
  }
}

/** Refuses who waits for more than a pool can hold since it shrank or goes. */
export async function refuseUnsatisfiable(engine: Engine, pool: Pool): Promise<void> {
  const { read } = engine.store;
  for (const { id: lineId, type } of await read.linesOf(pool.id)) {
    const capacity = capacityOf(pool, type);
    if (capacity === Infinity) continue;
    for (let after = ''; ;) {
      const ids = await read.waitingForMore(lineId, capacity, after, PAGE);
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
  const standings = await store.read.standings(id);
  const pools = Object.fromEntries((await store.read.pools()).map((pool) => [pool.id, pool]));
  const lines = new Map<number, LineChoice>();
  for (const poolId of Object.keys(pools)) {
    for (const line of await store.read.linesOf(poolId))
      lines.set(line.id, { lineId: line.id, poolId, type: line.type, resourceId: null });
  }
  const choices = standings.map(({ lineIds }) =>
    lineIds.flatMap((lineId) => lines.get(lineId) ?? []),
  );
  if (
    unsatisfiable(
      { choices, pools },
      standings.map(({ count }) => count),
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
      ? end(snapshot, 'refused', detail, momentOf(engine, now))
      : nothing(id),
  );
}
