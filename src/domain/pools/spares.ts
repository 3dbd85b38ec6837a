import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { isAvailableState, nextResourceStatus, type Resource } from '../lifecycle/resource';
import { readyFields, statusEvents } from '../lifecycle/steps';
import type { StateCount } from '../query';
import type { Candidate } from '../queue/queues';
import type { Pool } from './pool';
import { sharesOf } from './shares';

/** A pool and its classes, as far as spares may be missing or too many are offered. */
export interface SparesSnapshot {
  pool: Pool;
  classes: {
    /** How many more of it the pool may lend or offer; negative if it offers too many. */
    room: number;
    /** The spares that may become available, those first that have been one for longest. */
    spares: Resource[];
    /** The available ones that may become spares. */
    available: Candidate[];
  }[];
}

/** How many resources of one type are in one state. */
export type TypeCount = Pick<StateCount, 'status' | 'adminState' | 'held' | 'count'> & {
  type: string;
};

/** Is a resource in this state lent, or to be had? */
function isOffered(entry: TypeCount): boolean {
  return isTaken(entry) || isAvailableState(entry);
}

/** Lent or held, so nobody can keep it back; one that leaves after its loan no longer counts. */
function isTaken({ status, adminState, held }: TypeCount): boolean {
  if (status === 'allocated') return adminState !== 'draining';
  return status === 'available' && adminState === 'in_service' && held;
}

/**
 * How many more resources of each type a pool may lend or offer, beyond those that it does; negative
 * if there are too many. A type offers its share of the size. Where more than a share are taken, as
 * after the pool has shrunk, the other types offer fewer, those that come last in the pool first, so
 * that all together stay within the size. `counts`: all of the pool.
 */
export function roomByType(pool: Pool, counts: readonly TypeCount[]): Map<string, number> {
  const shares = sharesOf(pool.size, pool.types);
  const taken = totals(counts.filter(isTaken));
  const free = (type: string) => (shares.get(type) ?? 0) - (taken.get(type) ?? 0);
  const known = [...new Set([...shares.keys(), ...taken.keys()])];
  let overhang = known.reduce((sum, type) => sum + Math.max(0, -free(type)), 0);
  const room = new Map(shares);
  for (const type of [...shares.keys()].reverse()) {
    const fewer = Math.min(overhang, Math.max(0, free(type)));
    overhang -= fewer;
    room.set(type, room.get(type)! - fewer);
  }
  for (const [type, count] of totals(counts.filter(isOffered)))
    room.set(type, (room.get(type) ?? 0) - count);
  return room;
}

function totals(counts: readonly TypeCount[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { type, count } of counts) sums.set(type, (sums.get(type) ?? 0) + count);
  return sums;
}

/**
 * Makes spares available while fewer than the size are lent or to be had, and keeps available ones
 * back while there are more. The value says whether anything changed.
 */
export function balanceSpares(
  { pool, classes }: SparesSnapshot,
  context: DecisionContext,
): Decision<boolean> {
  if (pool.deletingAt !== null) return { changes: [], value: false };
  const changes = classes.flatMap(({ spares, available }) => [
    ...spares.flatMap((spare) => offer(spare, pool, context)),
    // Without spares, whatever is too much is removed instead.
    ...(pool.spares > 0 ? available.flatMap((one) => keepBack(one, context.now)) : []),
  ]);
  return { changes, value: changes.length > 0 };
}

function offer(spare: Resource, pool: Pool, context: DecisionContext): Change[] {
  const { rank, changedAt } = readyFields(spare, pool, context);
  const status = nextResourceStatus(spare.status, 'ready');
  return [
    { do: 'setResource', id: spare.id, set: { status, rank, changedAt } },
    ...statusEvents(spare, status),
  ];
}

function keepBack(one: Candidate, now: number): Change[] {
  const { resourceId: id, poolId, generation } = one;
  const from = 'available';
  const status = nextResourceStatus(from, 'keep_back');
  return [
    { do: 'setResource', id, set: { status, rank: now, changedAt: now } },
    ...statusEvents({ id, poolId, generation, status: from }, status),
  ];
}
