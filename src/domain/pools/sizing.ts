import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import type { ResourceClass, Pool, PoolType } from './pool';
import type { Resource } from '../lifecycle/resource';
import { retire } from '../lifecycle/retirement';
import { nextType, sharesOf } from './shares';
import { createResource, newResource } from './new-resource';

/** The most resources made or removed in one transaction. */
export const SIZING_BATCH = 200;

/**
 * Grows or shrinks a pool by one of just this type: the other types keep their numbers, however the
 * shares would be rounded.
 */
export function withOneMoreOrLess(
  pool: Pool,
  type: string,
  by: 1 | -1,
): Pick<Pool, 'size' | 'types'> {
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

/** Replaces the types of a pool, each keeping its current number of resources as a minimum. */
export function withNumbers(pool: Pool, types: PoolType[]): PoolType[] {
  const counts = sharesOf(pool.size, pool.types);
  return types.map((type) => ({ ...type, minimum: counts.get(type.name) ?? 0 }));
}

/** How many resources of a type the pool could ever lend at once; a manual pool may always grow. */
export function capacityOf(pool: Pool, type: string): number {
  if (pool.deletingAt !== null) return 0;
  if (pool.sizing === 'manual') return Infinity;
  return sharesOf(pool.size, pool.types).get(type) ?? 0;
}

/**
 * The class of a type that the pool offers, by default its first; undefined if it does not, or no
 * longer, offers it.
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
  /** The resources of each class that will stay: neither draining nor being removed. */
  counts: Record<number, number>;
  /** The lowest numbers above all in use whose names are free: as many as one step may make. */
  numbers: number[];
  /**
   * Resources of classes with too many that could be removed, idle before lent, high numbers first;
   * a bounded number.
   */
  removable: Resource[];
}

/** Does a resource in this state count towards the size of its pool? */
export function staysIn({ status, adminState }: Pick<Resource, 'status' | 'adminState'>): boolean {
  return adminState !== 'draining' && status !== 'destroying' && status !== 'destroyed';
}

/**
 * How many resources each class has too many (positive) or too few (negative) for the pool's size.
 */
export function surplus(
  snapshot: Omit<SizingSnapshot, 'removable' | 'numbers'>,
): Map<ResourceClass, number> {
  const { pool, classes, counts } = snapshot;
  const wanted = sharesOf(pool.deletingAt === null ? pool.size + pool.spares : 0, pool.types);
  return new Map(
    classes.map((resourceClass) => [
      resourceClass,
      (counts[resourceClass.id] ?? 0) - (wanted.get(resourceClass.type) ?? 0),
    ]),
  );
}

/** How many resources one step may make, and so how many numbers it needs. */
export function mostToMake(snapshot: Omit<SizingSnapshot, 'removable' | 'numbers'>): number {
  if (!snapshot.pool.capabilities.provisions) return 0;
  const lacking = [...surplus(snapshot).values()].reduce(
    (sum, extra) => sum + Math.max(0, -extra),
    0,
  );
  return Math.min(lacking, SIZING_BATCH);
}

/**
 * Takes one bounded step towards the pool's size; the value says whether another is needed. A
 * current loan is never cut off. `changePool` (pool-changes.ts) accepts and writes the size; the job
 * `reconcile` takes the steps (service/pools/pool-sizes.ts).
 */
export function stepTowardsSize(
  snapshot: SizingSnapshot,
  context: DecisionContext,
): Decision<boolean> {
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
 * The classes of the resources to make, with the types in turn, so that the lowest numbers are what
 * a smaller pool would consist of.
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
