import type { Resource } from '../lifecycle/resource';
import { ask, type Loading, type StateCount } from '../query';
import type { Pool, ResourceClass } from './pool';
import { mostToMake, SIZING_BATCH, staysIn, surplus, type SizingSnapshot } from './sizing';
import { nameOf } from './new-resource';
import { roomByType, type SparesSnapshot, type TypeCount } from './spares';

/** A pool compared with its size; null if it does not exist. */
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
 * The resources to remove first from a class that has `count` too many: idle before lent, high
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
 * The next numbers of a pool: above all in use, skipping those whose names are taken by a resource
 * of any pool.
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

/**
 * How many more of the class of `resource` its pool may lend or offer; null if it has no spares, and
 * so never more than it may.
 */
export function* loadRoom(pool: Pool, { type }: Pick<Resource, 'type'>): Loading<number | null> {
  if (pool.spares === 0) return null;
  const [entry] = yield* ask({ ask: 'poolsById', ids: [pool.id] });
  const classes = entry?.classes ?? [];
  return roomByType(pool, typed(classes, yield* loadCounts(classes))).get(type) ?? 0;
}

/**
 * A pool that keeps spares, with those that may become available, and those available that may
 * become spares; null if it does not exist.
 */
export function* loadSpares(poolId: string, now: number): Loading<SparesSnapshot | null> {
  const [entry] = yield* ask({ ask: 'poolsById', ids: [poolId] });
  if (!entry) return null;
  const { pool, classes } = entry;
  const rooms = roomByType(pool, typed(classes, yield* loadCounts(classes)));
  const parts: SparesSnapshot['classes'] = [];
  for (const { id: classId, type } of classes) {
    const room = rooms.get(type) ?? 0;
    const limit = Math.min(Math.abs(room), SIZING_BATCH);
    const spares = room > 0 ? yield* ask({ ask: 'spares', classId, limit }) : [];
    const available =
      room < 0 ? yield* ask({ ask: 'available', classIds: [classId], limit, now }) : [];
    parts.push({ room, spares, available });
  }
  return { pool, classes: parts };
}

/** The pool to load, by name. `resources`: the names that new resources are to get. */
export interface PoolAsk {
  name: string;
  resources?: readonly string[];
}

/** A pool by name, for a decision that creates it, changes it, or adds a resource to it. */
export interface PoolFacts {
  pool: Pool | null;
  classes: ResourceClass[];
  /** The lowest number above all in use whose name is free; 1 if there is no pool. */
  next: number;
  /** Does it have no resources, not even any that are being removed? */
  empty: boolean;
  /**
   * For a deleted pool that is empty: until when calls may still run whose operations were
   * superseded, epoch ms; otherwise, or if none was, null.
   */
  lateUntil: number | null;
  /** The resources of any pool that have one of the requested names. */
  sameNamed: Resource[];
  /** Has it seats, which share a credential? */
  hasSeats: boolean;
  /** How many resources of each type are lent and will stay. */
  lent: ReadonlyMap<string, number>;
}

const NO_POOL = {
  pool: null,
  classes: [],
  next: 1,
  empty: true,
  lateUntil: null,
  hasSeats: false,
  lent: new Map<string, number>(),
};

/** Loads a pool by its name, and whatever could conflict with a new resource. */
export function* loadPool({ name, resources: names = [] }: PoolAsk): Loading<PoolFacts> {
  const [entry] = yield* ask({ ask: 'poolsByName', names: [name] });
  const sameNamed =
    names.length === 0 ? [] : yield* ask({ ask: 'resourcesNamed', names: [...names] });
  if (!entry) return { ...NO_POOL, sameNamed };
  const { pool, classes } = entry;
  const highest = yield* ask({ ask: 'highestNumber', poolId: pool.id });
  const [next] = yield* freeNumbers(pool, highest + 1, 1);
  const lent = lentByType(classes, yield* loadCounts(classes));
  const empty = highest === 0;
  const isOver = empty && pool.deletingAt !== null;
  const lateUntil = isOver ? yield* ask({ ask: 'supersededUntil', poolId: pool.id }) : null;
  const hasSeats = yield* ask({ ask: 'hasSeats', poolId: pool.id });
  return { pool, classes, next: next!, empty, lateUntil, lent, sameNamed, hasSeats };
}

function* loadCounts(classes: readonly ResourceClass[]): Loading<StateCount[]> {
  if (classes.length === 0) return [];
  return yield* ask({ ask: 'stateCounts', classIds: classes.map(({ id }) => id) });
}

/** Counts of classes as counts of their types. */
function typed(
  classes: readonly Pick<ResourceClass, 'id' | 'type'>[],
  counts: readonly StateCount[],
): TypeCount[] {
  const types = new Map(classes.map(({ id, type }) => [id, type]));
  return counts.map((entry) => ({ ...entry, type: types.get(entry.classId)! }));
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
