import type { Decision } from '../change';
import type { DecisionContext } from '../context';
import type { Resource } from '../lifecycle/resource';
import type { Pool } from '../pools/pool';
import { ask, type Loading } from '../query';
import { isLeaving, unsatisfiable, type EligibleClass } from '../queue/matching';
import { end, type ReservationSnapshot } from './ending';
import { loadReservation } from './loading';

/** A reservation and, if it is queued, everything that could ever serve it. */
export interface RefusalSnapshot extends ReservationSnapshot {
  /** For each of its items: how many it asks for, and the classes in whose queues it waits. */
  wanted: { count: number; choices: EligibleClass[] }[];
  /** The pools of these classes, by id. */
  offers: Record<string, Pool>;
  /** The resources that it names. */
  named: Resource[];
}

/** Loads a reservation that may have to be refused; null if it does not exist. */
export function* loadRefusal(id: string, now: number): Loading<RefusalSnapshot | null> {
  const snapshot = yield* loadReservation(id, now);
  if (!snapshot) return null;
  if (snapshot.reservation.status !== 'queued')
    return { ...snapshot, wanted: [], offers: {}, named: [] };
  const entries = (yield* ask({ ask: 'queued', ids: [id] })).flatMap((queued) => queued.entries);
  const pools = yield* ask({ ask: 'pools' });
  const classes = new Map(
    pools.flatMap((entry) => entry.classes).map((entry) => [entry.id, entry]),
  );
  const wanted = new Map<number, RefusalSnapshot['wanted'][number]>();
  const named: Resource[] = [];
  for (const { item, count, classId, resourceId } of entries) {
    const of = wanted.get(item) ?? { count, choices: [] };
    wanted.set(item, of);
    const found = classes.get(classId);
    if (found) of.choices.push({ classId, poolId: found.poolId, type: found.type, resourceId });
    if (resourceId !== null) {
      const called = yield* ask({ ask: 'resourcesCalled', idOrName: resourceId });
      named.push(...called.filter((resource) => resource.id === resourceId));
    }
  }
  const offers = Object.fromEntries(pools.map(({ pool }) => [pool.id, pool]));
  return { ...snapshot, wanted: [...wanted.values()], offers, named };
}

/**
 * Refuses a queued request that can never be served: it names a resource that is being removed, or
 * asks for more than its pools could lend if all were free. Any other stays unchanged.
 */
export function refuseHopeless(
  snapshot: RefusalSnapshot,
  context: DecisionContext,
): Decision<string> {
  const detail = hopelessBecause(snapshot);
  return detail === null
    ? { changes: [], value: snapshot.reservation.id }
    : end(snapshot, 'refused', detail, context);
}

function hopelessBecause(snapshot: RefusalSnapshot): string | null {
  const { reservation, wanted, offers: pools, named } = snapshot;
  if (reservation.status !== 'queued') return null;
  if (named.some(isLeaving))
    return 'unsatisfiable: the resource that was asked for is being removed';
  const choices = wanted.map((entry) => entry.choices);
  const counts = wanted.map(({ count }) => count);
  return unsatisfiable({ choices, pools }, counts) === null
    ? null
    : 'unsatisfiable: the pool has become smaller than what was asked for';
}
