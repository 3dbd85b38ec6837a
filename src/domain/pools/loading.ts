import type { Resource } from '../lifecycle/resource';
import { ask, type Loading, type StateCount } from '../query';
import type { Pool, ResourceClass } from './pool';
import { mostToMake, SIZING_BATCH, staysIn, surplus, type SizingSnapshot } from './sizing';
import { nameOf } from './new-resource';

/** A pool against its size; null if there is none of this id. */
export function* loadSizing(poolId: string): Loading<SizingSnapshot | null> {
  const [entry] = yield* ask({ ask: 'poolsById', ids: [poolId] });
  if (!entry) return null;
  const { pool, classes } = entry;
  const counts = stayingByClass(classes, yield* loadCounts(classes));
  const measured = { pool, classes, counts };
  const removable: Resource[] = [];
  for (const [{ id: classId }, extra] of surplus(measured))
    removable.push(...(yield* loadRemovable(classId, Math.min(extra, SIZING_BATCH))));
  return { ...measured, numbers: yield* loadNumbers(pool, mostToMake(measured)), removable };
}

/**
 * The order of removal from a class that has `count` resources too many: idle before lent, high
 * numbers first.
 */
function* loadRemovable(classId: number, count: number): Loading<Resource[]> {
  if (count <= 0) return [];
  const idle = yield* ask({ ask: 'staying', classId, lent: false, limit: count });
  const limit = count - idle.length;
  return limit === 0
    ? idle
    : [...idle, ...(yield* ask({ ask: 'staying', classId, lent: true, limit }))];
}

/**
 * The next numbers of a pool: above all in use, less those under whose names another resource
 * goes, in whichever pool.
 */
function* loadNumbers(pool: Pool, count: number): Loading<number[]> {
  if (count === 0) return [];
  const highest = yield* ask({ ask: 'highestNumber', poolId: pool.id });
  return yield* freeNumbers(pool, highest + 1, count);
}

function* freeNumbers(pool: Pool, from: number, count: number): Loading<number[]> {
  const free: number[] = [];
  for (let first = from; free.length < count;) {
    const wanted = Array.from({ length: count - free.length }, (_, index) => first + index);
    const names = wanted.map((number) => nameOf(pool, number));
    const found = yield* ask({ ask: 'resourcesNamed', names });
    const taken = new Set(found.map(({ name }) => name));
    free.push(...wanted.filter((number) => !taken.has(nameOf(pool, number))));
    first += wanted.length;
  }
  return free;
}

/** The ask of a pool by name. `resource`: a name that something new is to have. */
export interface PoolAsk {
  name: string;
  resource?: string;
}

/** A pool by name, for a decision that creates it, changes it, or adds a resource to it. */
export interface PoolFacts {
  pool: Pool | null;
  classes: ResourceClass[];
  /** The lowest number over all in use whose name is free; 1 where there is no pool. */
  next: number;
  /** Does it hold no resource, and none that is being removed? */
  empty: boolean;
  /** The resource of the name that was asked for, in whichever pool. */
  sameNamed: Resource | null;
  /** How many of each type are lent, and to stay. */
  lent: ReadonlyMap<string, number>;
}

/** Loads a pool by its name, and what stands in the way of a new resource. */
export function* loadPool({ name, resource }: PoolAsk): Loading<PoolFacts> {
  const [entry] = yield* ask({ ask: 'poolsByName', names: [name] });
  const called =
    resource === undefined ? [] : yield* ask({ ask: 'resourcesNamed', names: [resource] });
  const sameNamed = called[0] ?? null;
  if (!entry) return { pool: null, classes: [], next: 1, empty: true, lent: new Map(), sameNamed };
  const { pool, classes } = entry;
  const highest = yield* ask({ ask: 'highestNumber', poolId: pool.id });
  const [next] = yield* freeNumbers(pool, highest + 1, 1);
  const lent = lentByType(classes, yield* loadCounts(classes));
  return { pool, classes, next: next!, empty: highest === 0, lent, sameNamed };
}

function* loadCounts(classes: readonly ResourceClass[]): Loading<StateCount[]> {
  if (classes.length === 0) return [];
  return yield* ask({ ask: 'stateCounts', classIds: classes.map(({ id }) => id) });
}

function stayingByClass(classes: ResourceClass[], counts: StateCount[]): Record<number, number> {
  return Object.fromEntries(classes.map(({ id }) => [id, total(counts, id, staysIn)]));
}

function lentByType(classes: ResourceClass[], counts: StateCount[]): Map<string, number> {
  const isLent = (entry: StateCount) => entry.status === 'allocated' && staysIn(entry);
  const all = classes.map(({ id, type }): [string, number] => [type, total(counts, id, isLent)]);
  return new Map(all.filter(([, count]) => count > 0));
}

function total(counts: StateCount[], id: number, counted: (entry: StateCount) => boolean): number {
  return counts.reduce(
    (sum, entry) => (entry.classId === id && counted(entry) ? sum + entry.count : sum),
    0,
  );
}
