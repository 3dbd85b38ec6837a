import type { Resource } from '../lifecycle/resource';
import { ask, type Loading, type StateCount } from '../query';
import type { Absent, Returning } from './absent';
import { isUnderWay } from './outlook';
import { returningOf } from './outlook-loading';
import { loadPositions, type QueuePosition } from './positions';

/**
 * The reasons why an item waits. `held`: lent to others. `ahead`: requests before it. `booked`: kept
 * for another queued request. `cleaning`: being made, cleaned or checked. `none`: no resource is
 * there that could serve it.
 */
export const WAIT_REASONS = [
  'held',
  'ahead',
  'booked',
  'cleaning',
  'maintenance',
  'quarantined',
  'none',
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** One reason. `count`: resources, or requests for `ahead`. */
export interface Because {
  reason: WaitReason;
  count: number;
  /**
   * When the first of them is over, unless it is put off; epoch ms, null if nobody knows. For
   * `cleaning`, the latest time if nothing fails.
   */
  until: number | null;
}

/** An item of a queued request that still lacks something. */
export interface WaitingItem {
  item: number;
  missing: number;
  /** Requests before it; exact up to POSITION_LIMIT. */
  ahead: number;
  because: Because[];
}

/** The resources that could serve an item, as counts and first times. */
export interface Supply {
  counts: readonly Omit<StateCount, 'classId'>[];
  /**
   * The loan with an end that ends first, what is kept for the shortest time, and the first end of a
   * maintenance that has one (epoch ms); or none.
   */
  first: { held?: Absent; booked?: Absent; maintenanceUntil?: number | null };
  /** The pools of these resources. */
  pools: readonly Returning[];
}

/** Why an item with `ahead` requests before it waits, the reasons in order; `now` in epoch ms. */
export function reasonsFor(
  ahead: number,
  { counts, first, pools }: Supply,
  now: number,
): Because[] {
  const inService = ({ adminState }: Pick<StateCount, 'adminState'>) => adminState === 'in_service';
  const total = (which: (entry: Omit<StateCount, 'classId'>) => boolean) =>
    counts.filter(which).reduce((sum, { count }) => sum + count, 0);
  const there = total(({ status }) => status !== 'destroying' && status !== 'destroyed');
  const making = pools.filter(({ isStuck }) => !isStuck).map((pool) => now + pool.making);
  const found: Record<WaitReason, [count: number, until: number | null]> = {
    held: [
      total((entry) => inService(entry) && entry.status === 'allocated'),
      notBefore(now, first.held?.backAt),
    ],
    ahead: [ahead, null],
    booked: [total(({ held }) => held), notBefore(now, first.booked?.heldUntil)],
    cleaning: [total(isUnderWay), making.length === 0 ? null : Math.min(...making)],
    maintenance: [
      total(({ adminState }) => adminState === 'maintenance'),
      notBefore(now, first.maintenanceUntil),
    ],
    quarantined: [total((entry) => inService(entry) && entry.status === 'quarantined'), null],
    none: [0, null],
  };
  const because = WAIT_REASONS.map((reason): Because => {
    const [count, until] = found[reason];
    return { reason, count, until };
  });
  return because.filter(({ reason, count }) => (reason === 'none' ? there === 0 : count > 0));
}

function notBefore(now: number, at: number | null | undefined): number | null {
  return at === null || at === undefined ? null : Math.max(now, at);
}

/** Loads why each item of a reservation waits at `now` (epoch ms); empty if it is not queued. */
export function* loadReasons(reservationId: string, now: number): Loading<WaitingItem[]> {
  const positions = yield* loadPositions(reservationId);
  const waiting = positions.filter(({ missing }) => missing > 0);
  if (waiting.length === 0) return [];
  const [queued] = yield* ask({ ask: 'queued', ids: [reservationId] });
  const failing = new Set((yield* ask({ ask: 'breakers' })).map(({ poolId }) => poolId));
  const items: WaitingItem[] = [];
  for (const { item, missing, ahead, classIds } of waiting) {
    const named = queued!.entries.find((entry) => entry.item === item)?.resourceId ?? null;
    const supply =
      named === null ? yield* supplyOf(classIds, failing) : yield* supplyOfNamed(named, failing);
    items.push({ item, missing, ahead, because: reasonsFor(ahead, supply, now) });
  }
  return items;
}

function* supplyOf(
  classIds: QueuePosition['classIds'],
  failing: ReadonlySet<string>,
): Loading<Supply> {
  const counts = yield* ask({ ask: 'stateCounts', classIds });
  const returning = (yield* ask({ ask: 'returning', classIds, limit: 1 })).flat();
  const heldIn = (yield* ask({ ask: 'heldIn', classIds, limit: 1 })).flat();
  const ends = (yield* ask({ ask: 'backFromMaintenance', classIds })).flatMap((at) => at ?? []);
  const pools = (yield* ask({ ask: 'pools' })).filter(({ classes }) =>
    classes.some(({ id }) => classIds.includes(id)),
  );
  const earliest = (list: Absent[], at: (absent: Absent) => number | null) =>
    [...list].sort((a, b) => (at(a) ?? Infinity) - (at(b) ?? Infinity))[0];
  return {
    counts,
    first: {
      held: earliest(returning, ({ backAt }) => backAt),
      booked: earliest(heldIn, ({ heldUntil }) => heldUntil),
      maintenanceUntil: ends.length === 0 ? null : Math.min(...ends),
    },
    pools: pools.map(({ pool }) => returningOf(pool, failing)),
  };
}

function* supplyOfNamed(resourceId: string, failing: ReadonlySet<string>): Loading<Supply> {
  const called = yield* ask({ ask: 'resourcesCalled', idOrName: resourceId });
  const resource = called.find(({ id }) => id === resourceId);
  if (!resource) return { counts: [], first: {}, pools: [] };
  const pools = yield* ask({ ask: 'poolsById', ids: [resource.poolId] });
  return {
    counts: [countOf(resource)],
    first: {
      held: absentOf(resource),
      booked: absentOf(resource),
      maintenanceUntil: resource.maintenanceUntil,
    },
    pools: pools.map(({ pool }) => returningOf(pool, failing)),
  };
}

function countOf({ status, adminState, heldFor }: Resource): Omit<StateCount, 'classId'> {
  return { status, adminState, held: heldFor !== null, count: 1 };
}

function absentOf(resource: Resource): Absent {
  return { ...resource, resourceId: resource.id };
}
