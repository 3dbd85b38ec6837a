import type { OverviewAnswer, PoolOverviewAnswer } from '../../api/overview';
import type { Snapshot } from '../../service/overview/overview';
import type { PoolView } from '../../service/overview/pool-view';
import { instantOf } from '../instants';

/** The overview as admins see it, or as others do. */
export function overviewAnswer(snapshot: Snapshot, forAdmins: boolean): OverviewAnswer {
  const { asOf, seq, reservations, pools } = snapshot;
  return {
    asOf: instantOf(asOf),
    seq,
    reservations,
    pools: pools.map((view) => poolAnswer(view, forAdmins)),
  };
}

/** A pool of the overview; only admins see why it fails. */
export function poolAnswer(view: PoolView, forAdmins: boolean): PoolOverviewAnswer {
  const { pool, seq, counts, queue, cells } = view;
  const { id, name, kind, driver, sizing, size, labels } = pool;
  return {
    ...{ id, name, kind, driver },
    simulated: pool.capabilities.simulates,
    ...{ sizing, size },
    deleting: pool.deletingAt !== null,
    labels,
    types: pool.types.map((type) => type.name),
    seq,
    counts,
    queue: { length: queue.length, oldestSince: instantOf(queue.oldest) },
    ...(forAdmins ? { failing: failingAnswer(view.failing) } : {}),
    resources: cells,
  };
}

/** Why a pool fails, as admins see it. */
export function failingAnswer(failing: PoolView['failing']): PoolOverviewAnswer['failing'] {
  if (!failing) return null;
  const { reason, since, openUntil } = failing;
  return { reason, since: instantOf(since), retryAt: instantOf(openUntil) };
}
