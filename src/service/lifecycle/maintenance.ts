import { nothing } from '../../domain/change';
import { endMaintenance } from '../../domain/lifecycle/maintenance';
import { contextOf, type Engine } from '../engine';

const BATCH = 50;

/**
 * Puts resources back into service whose maintenance was to end by now. Gives when the next one ends
 * (epoch ms), Infinity if none will. Only the job `reconcile` calls it.
 */
export async function endMaintenances(engine: Engine): Promise<number> {
  const { store } = engine;
  const ends = await store.read.maintenanceEnds(BATCH);
  const now = store.now();
  const over = ends.filter(({ at }) => at <= now);
  const end = (idOrName: string) =>
    store.transact({ load: 'resource', idOrName }, (snapshot, at) =>
      snapshot ? endMaintenance(snapshot, contextOf(engine, at)) : nothing(idOrName),
    );
  await Promise.all(over.map(({ id }) => end(id)));
  return over.length === BATCH ? now : (ends[over.length]?.at ?? Infinity);
}
