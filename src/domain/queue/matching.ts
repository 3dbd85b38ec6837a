import type { Resource } from '../lifecycle/resource';
import type { RequestItem } from '../loans/reservation';
import type { Labels, Pool } from '../pools/pool';
import { capacityOf } from '../pools/sizing';
import type { PoolWithClasses } from '../query';

/** The most classes that one item may match. */
export const MAX_CLASSES = 16;

/** A class that can serve an item, and the one resource that the item names, if it names one. */
export interface EligibleClass {
  classId: number;
  poolId: string;
  type: string;
  resourceId: string | null;
}

/** The pools that an item names, in its order; null if it names none. */
export function poolNamesOf({ pool, pools }: RequestItem): string[] | null {
  return pool === undefined ? ((pools && [...new Set(pools)]) ?? null) : [pool];
}

/**
 * The classes that an item without a named resource matches, in the order of `pools`: those that
 * it names, or all. At most MAX_CLASSES + 1, so that the caller sees when there are too many.
 */
export function matchClasses(
  item: RequestItem,
  pools: readonly (PoolWithClasses | null)[],
): EligibleClass[] {
  const found: EligibleClass[] = [];
  for (const entry of pools) {
    if (entry === null || entry.pool.deletingAt !== null || !fits(entry.pool, item)) continue;
    for (const { id: classId, poolId, type } of entry.classes) {
      if (!isOffered(type, entry.pool) || (item.type !== undefined && item.type !== type)) continue;
      found.push({ classId, poolId, type, resourceId: null });
      if (found.length > MAX_CLASSES) return found;
    }
  }
  return found;
}

/** The class of a resource that the item names; empty if it does not fit or is leaving. */
export function matchNamed(item: RequestItem, resource: Resource, pool: Pool): EligibleClass[] {
  const { classId, poolId, type, id: resourceId } = resource;
  const matches = !isLeaving(resource) && fits(pool, item) && (item.type ?? type) === type;
  return matches ? [{ classId, poolId, type, resourceId }] : [];
}

/**
 * Is it being removed, or gone? A request that names it would wait in vain. A lent resource that is
 * draining is leaving, too: this loan is its last.
 */
export function isLeaving({
  status,
  adminState,
  destroyedAt,
}: Pick<Resource, 'status' | 'adminState' | 'destroyedAt'>): boolean {
  return (
    adminState === 'draining' ||
    status === 'destroying' ||
    status === 'destroyed' ||
    destroyedAt !== null
  );
}

/**
 * The first pool that an item names and that does not exist, or null. If the item matches nothing
 * else, a pool that is being deleted counts as missing.
 */
export function unknownPoolOf(
  item: RequestItem,
  named: readonly (PoolWithClasses | null)[],
  classes: readonly EligibleClass[],
): string | null {
  if (classes.length > 0 && item.pools === undefined) return null;
  const isUnknown = (entry: PoolWithClasses | null) =>
    entry === null || (classes.length === 0 && entry.pool.deletingAt !== null);
  const index = named.findIndex(isUnknown);
  return index < 0 ? null : poolNamesOf(item)![index]!;
}

/** Does the pool have the name, the kind and the labels that the item asks for? */
function fits(pool: Pool, item: RequestItem): boolean {
  const isNamed =
    item.pool === undefined ? (item.pools?.includes(pool.name) ?? true) : item.pool === pool.name;
  return (
    isNamed &&
    (item.kind === undefined || pool.kind === item.kind) &&
    hasLabels(pool.labels, item.labels)
  );
}

function hasLabels(labels: Labels, wanted: Labels = {}): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

/** A pool keeps the class of a type that it no longer offers while anything belongs to it. */
function isOffered(type: string, { types }: Pool): boolean {
  return types.some(({ name }) => name === type);
}

/**
 * The index of an item that the pools could not serve even if all their resources were free, or
 * null. Exact by Gale's theorem on supply and demand (1957): every set of items must fit into the
 * classes open to it together.
 */
export function unsatisfiable(
  { choices, pools }: { choices: EligibleClass[][]; pools: Record<string, Pool> },
  counts: number[],
): number | null {
  for (let set = 1; set < 1 << counts.length; set += 1) {
    const members = counts.map((_count, index) => index).filter((index) => set & (1 << index));
    const classes = new Map(
      members.flatMap((index) => choices[index]!).map((choice) => [choice.classId, choice]),
    );
    const room = [...classes.values()].reduce(
      (sum, { poolId, type }) => sum + capacityOf(pools[poolId]!, type),
      0,
    );
    if (members.reduce((sum, index) => sum + counts[index]!, 0) > room)
      return members[members.length - 1]!;
  }
  return null;
}
