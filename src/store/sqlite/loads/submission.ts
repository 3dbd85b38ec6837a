import { and, eq, isNull, ne, or, sql } from 'drizzle-orm';
import type { Labels } from '../../../domain/pools/pool';
import { flatMapFast } from '../../../domain/flat-map';
import type { RequestItem } from '../../../domain/loans/reservation';
import {
  MAX_CLASSES,
  type EligibleClass,
  type SubmissionSnapshot,
} from '../../../domain/loans/submission';
import type { Load } from '../../loads';
import type { Db } from '../database';
import { reader } from '../rows';
import { resources } from '../schema';
import type { CachedPool, PoolCache } from './pool-cache';
import { candidateColumns, isAvailableSql, type QueueLoader } from './queues';
import { usageLoader } from './usage';

/** Resolves items to lines, and loads those. */
export function submissionLoader(db: Db, pools: PoolCache, queues: QueueLoader) {
  const named = reader(
    db
      .select({
        id: resources.id,
        classId: resources.classId,
        poolId: resources.poolId,
        type: resources.type,
      })
      .from(resources)
      .where(
        and(
          // Each side finds its own index so; the one of names is partial.
          or(
            eq(resources.id, sql.placeholder('resource')),
            and(eq(resources.name, sql.placeholder('resource')), isNull(resources.destroyedAt)),
          ),
          isNull(resources.destroyedAt),
          ne(resources.adminState, 'draining'),
          ne(resources.status, 'destroying'),
        ),
      ),
  );
  const one = namedCandidate(db);
  const usage = usageLoader(db);
  const chooseNamed = (item: RequestItem): EligibleClass[] => {
    const row = named.get({ resource: item.resource });
    const entry = row ? pools.byId(row.poolId) : null;
    if (!row || !entry || !isOf(entry, item) || (item.type ?? row.type) !== row.type) return [];
    return [{ classId: row.classId, poolId: row.poolId, type: row.type, resourceId: row.id }];
  };
  return ({ items, userId, caps }: Load<'submission'>, now: number): SubmissionSnapshot => {
    const choices = items.map((item) =>
      item.resource !== undefined ? chooseNamed(item) : choose(item, pools),
    );
    const all = flatMapFast(choices, (classes) => classes);
    const classIds = [
      ...new Set(all.filter(({ resourceId }) => resourceId === null).map(({ classId }) => classId)),
    ];
    const need =
      classIds.length > MAX_CLASSES * items.length
        ? 0
        : items.reduce((sum, { count }) => sum + count, 0);
    const advancing = all.map(({ classId }) => classId);
    const snapshot = queues({ classIds, need, advancing }, now);
    const wanted = flatMapFast(all, ({ resourceId }) => (resourceId ? one(resourceId, now) : []));
    const isKnown = (id: string) =>
      snapshot.queues.available.some(({ resourceId }) => resourceId === id);
    snapshot.queues.available.push(...wanted.filter(({ resourceId }) => !isKnown(resourceId)));
    for (const { poolId } of all) snapshot.pools[poolId] ??= pools.byId(poolId)!.pool;
    const unknownPools = items.map((item, index) => unknownPoolOf(item, choices[index]!, pools));
    // Where enough is free and nobody waits this one will not: then the length of the lines is no
    // matter.
    const mayWait = snapshot.queues.available.length < need || snapshot.queues.requests.length > 0;
    const { queues: loaded, reservations, pools: known } = snapshot;
    return {
      queues: loaded,
      reservations,
      pools: known,
      choices,
      unknownPools,
      usage: usage(userId, caps, mayWait ? classIds : []),
    };
  };
}

/** The lines that a pool, several pools, or a kind with type and labels, means. */
function choose(item: RequestItem, pools: PoolCache): EligibleClass[] {
  const names = namesOf(item);
  const found = names ? [...new Set(names)].map((name) => pools.byName(name)) : pools.all();
  return found
    .filter((entry): entry is CachedPool => entry !== null && fits(entry, item))
    .flatMap(({ pool, classes }) => {
      const offered = new Set(pool.types.map(({ name }) => name));
      return classes.filter(
        ({ type }) => offered.has(type) && (item.type === undefined || item.type === type),
      );
    })
    .slice(0, MAX_CLASSES + 1)
    .map(({ id: classId, poolId, type }) => ({ classId, poolId, type, resourceId: null }));
}

/** The pools that an item names; undefined where it names none. */
function namesOf({ pool, pools }: RequestItem): string[] | undefined {
  return pool === undefined ? pools : [pool];
}

/**
 * The first name of a pool that there is not; where nothing else fits, that is going counts too.
 */
function unknownPoolOf(
  item: RequestItem,
  classes: EligibleClass[],
  pools: PoolCache,
): string | null {
  if (classes.length > 0 && item.pools === undefined) return null;
  const isUnknown = (name: string) =>
    classes.length > 0 ? pools.byName(name) === null : !isThere(pools.byName(name));
  return namesOf(item)?.find(isUnknown) ?? null;
}

function isThere(entry: CachedPool | null): boolean {
  return entry !== null && entry.pool.deletingAt === null;
}

function fits(entry: CachedPool, item: RequestItem): boolean {
  return entry.pool.deletingAt === null && isOf(entry, item);
}

/** Is the pool one that the item names, of its kind and with its labels? */
function isOf({ pool }: CachedPool, item: RequestItem): boolean {
  const isNamed = namesOf(item)?.includes(pool.name) ?? true;
  return (
    isNamed &&
    (item.kind === undefined || pool.kind === item.kind) &&
    hasLabels(pool.labels, item.labels ?? {})
  );
}

function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function namedCandidate(db: Db) {
  const select = reader(
    db
      .select({ ...candidateColumns, expiresAt: resources.expiresAt })
      .from(resources)
      .where(and(eq(resources.id, sql.placeholder('id')), isAvailableSql)),
  );
  return (id: string, now: number) =>
    select.all({ id }).filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
}
