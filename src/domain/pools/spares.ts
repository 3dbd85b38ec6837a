import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { nextResourceStatus, type Resource } from '../lifecycle/resource';
import { readyFields, statusEvent } from '../lifecycle/steps';
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

/** Is a resource in this state lent, or to be had? */
function isOffered({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return status === 'available' ? adminState === 'in_service' : isLent({ status, adminState });
}

/** One that leaves after its loan no longer counts towards the size. */
function isLent({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return status === 'allocated' && adminState !== 'draining';
}

/**
 * How many more resources of a type its pool may lend or offer, beyond those that it does; negative
 * if there are too many. `counts`: those of the type.
 */
export function roomIn(
  pool: Pool,
  type: string,
  counts: readonly Pick<StateCount, 'status' | 'adminState' | 'count'>[],
): number {
  const offered = counts.filter(isOffered).reduce((sum, { count }) => sum + count, 0);
  return (sharesOf(pool.size, pool.types).get(type) ?? 0) - offered;
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
    statusEvent(spare, status),
  ];
}

function keepBack(one: Candidate, now: number): Change[] {
  const { resourceId: id, poolId, generation } = one;
  const from = 'available';
  const status = nextResourceStatus(from, 'keep_back');
  return [
    { do: 'setResource', id, set: { status, rank: now, changedAt: now } },
    statusEvent({ id, poolId, generation, status: from }, status),
  ];
}
