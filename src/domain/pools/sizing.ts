import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import type { ResourceClass, Pool, PoolType } from './pool';
import { nextResourceStatus, type Resource } from '../lifecycle/resource';
import { nextType, sharesOf } from './shares';
import { createResource, newResource } from './new-resource';
import { detach, statusEvent } from '../lifecycle/steps';

/** Resources made or removed in one transaction at most. */
export const SIZING_BATCH = 200;

/**
 * One more or one less of just this type: the others keep their numbers, whatever the shares would
 * round to.
 */
export function resized(pool: Pool, type: string, by: 1 | -1): Pick<Pool, 'size' | 'types'> {
  const size = pool.size + by;
  if (size === 0) return { size, types: pool.types };
  const counts = sharesOf(pool.size, pool.types);
  return {
    size,
    types: pool.types.map((entry) => ({
      ...entry,
      minimum: Math.max(0, counts.get(entry.name)! + (entry.name === type ? by : 0)),
    })),
  };
}

/** These types in place of the pool's, each with as many as there are of it now. */
export function withNumbers(pool: Pool, types: PoolType[]): PoolType[] {
  const counts = sharesOf(pool.size, pool.types);
  return types.map((type) => ({ ...type, minimum: counts.get(type.name) ?? 0 }));
}

/** How many of a type the pool could ever lend at once; a manual pool may yet grow. */
export function capacityOf(pool: Pool, type: string): number {
  if (pool.deletingAt !== null) return 0;
  if (pool.sizing === 'manual') return Infinity;
  return sharesOf(pool.size, pool.types).get(type) ?? 0;
}

/**
 * The line of a type that the pool is made of, by default its first; undefined where it is made of
 * no such type, or no more.
 */
export function classOf(
  { types }: Pool,
  classes: readonly ResourceClass[],
  type = types[0]!.name,
): ResourceClass | undefined {
  return types.some(({ name }) => name === type)
    ? classes.find((resourceClass) => resourceClass.type === type)
    : undefined;
}

export interface SizingSnapshot {
  pool: Pool;
  classes: ResourceClass[];
  /** Resources of each line that are to stay: neither draining nor going. */
  counts: Record<number, number>;
  /**
   * The lowest numbers over all in use whose names are free: as many as may be made in one step.
   */
  numbers: number[];
  /**
   * Of lines that have too many: who could go, idle before lent, high numbers first; a bounded
   * number.
   */
  removable: Resource[];
}

/** Does a resource in this state count for the size of its pool? */
export function staysIn({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return adminState !== 'draining' && status !== 'destroying' && status !== 'destroyed';
}

/** The surplus (positive) or shortage (negative) of each class against the pool's size. */
export function surplus(
  snapshot: Omit<SizingSnapshot, 'removable' | 'numbers'>,
): Map<ResourceClass, number> {
  const { pool, classes, counts } = snapshot;
  const wanted = sharesOf(pool.deletingAt === null ? pool.size : 0, pool.types);
  return new Map(
    classes.map((resourceClass) => [
      resourceClass,
      (counts[resourceClass.id] ?? 0) - (wanted.get(resourceClass.type) ?? 0),
    ]),
  );
}

/** How many resources one step may make, so that it is known how many numbers it needs. */
export function mostToMake(snapshot: Omit<SizingSnapshot, 'removable' | 'numbers'>): number {
  if (!snapshot.pool.capabilities.provisions) return 0;
  const lacking = [...surplus(snapshot).values()].reduce(
    (sum, extra) => sum + Math.max(0, -extra),
    0,
  );
  return Math.min(lacking, SIZING_BATCH);
}

/**
 * One bounded step towards the pool's size; the value says whether another is needed. Nobody is cut
 * off.
 */
export function resize(snapshot: SizingSnapshot, context: DecisionContext): Decision<boolean> {
  const { pool } = snapshot;
  if (pool.sizing === 'manual' && pool.deletingAt === null) return { changes: [], value: false };
  const changes: Change[] = [];
  const extras = surplus(snapshot);
  let room = SIZING_BATCH;
  for (const [resourceClass, extra] of extras) {
    const step = Math.min(Math.max(extra, 0), room);
    room -= step;
    changes.push(
      ...shrink(
        snapshot.removable.filter(({ classId }) => classId === resourceClass.id).slice(0, step),
        context,
      ),
    );
  }
  const made = pool.capabilities.provisions ? classesToFill(snapshot, extras, room) : [];
  made.forEach((resourceClass, index) =>
    changes.push(
      ...createResource(newResource(pool, resourceClass, snapshot.numbers[index]!, context)),
    ),
  );
  return { changes, value: room === made.length && changes.length > 0 };
}

/**
 * The lines of what is to be made, by type in turn: the lowest numbers are then what a smaller pool
 * would consist of.
 */
function classesToFill(
  { pool, counts }: SizingSnapshot,
  extras: Map<ResourceClass, number>,
  room: number,
): ResourceClass[] {
  const lacking = new Map(
    [...extras]
      .filter(([, extra]) => extra < 0)
      .map(([resourceClass, extra]) => [resourceClass.type, { resourceClass, lacks: -extra }]),
  );
  const have = new Map([...extras.keys()].map(({ id, type }) => [type, counts[id] ?? 0]));
  const made: ResourceClass[] = [];
  while (made.length < room) {
    const type = nextType(
      pool.types.filter(({ name }) => lacking.has(name)),
      have,
    )?.name;
    const next = type === undefined ? undefined : lacking.get(type);
    if (type === undefined || !next) break;
    made.push(next.resourceClass);
    have.set(type, have.get(type)! + 1);
    if ((next.lacks -= 1) === 0) lacking.delete(type);
  }
  return made;
}

function shrink(resources: Resource[], context: DecisionContext): Change[] {
  return resources.flatMap((resource) => retire(resource, context));
}

/** Takes a resource out for good: at once if it is idle, when its loan ends if it is lent. */
export function retire(resource: Resource, context: DecisionContext): Change[] {
  const { id, poolId } = resource;
  const draining: Change = {
    do: 'append',
    event: { type: 'resource.admin_state', poolId, resourceId: id, data: { to: 'draining' } },
  };
  if (resource.status === 'allocated')
    return [{ do: 'setResource', id, set: { adminState: 'draining' } }, draining];
  if (resource.status === 'destroying' || resource.status === 'destroyed') return [];
  const status = nextResourceStatus(resource.status, 'destroy');
  const changes: Change[] = [
    {
      do: 'setResource',
      id,
      set: {
        status,
        adminState: 'draining',
        heldFor: null,
        heldItem: null,
        nextOperation: 'destroy',
        dueAt: context.now,
        operationId: null,
        failures: 0,
        reason: null,
        changedAt: context.now,
      },
    },
    draining,
    statusEvent(resource, status),
  ];
  return [...changes, ...detach(resource, context.now)];
}
