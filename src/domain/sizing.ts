import type { Change, Decision } from './change';
import type { Moment } from './moment';
import type { Line, Pool, PoolType } from './pool';
import { nextResourceStatus, type Resource } from './resource';
import { idleExpiryOf, letGo, statusEvent } from './upkeep';

/** Resources made or removed in one transaction at most. */
export const SIZING_BATCH = 200;

/**
 * How many of each type a pool of `size` holds: by share, the remainders going to the largest fractions, then in order
 * (largest-remainder method).
 */
export function sharesOf(size: number, types: readonly PoolType[]): Map<string, number> {
  const total = types.reduce((sum, { share }) => sum + share, 0);
  if (total === 0) return new Map(types.map(({ name }) => [name, 0]));
  const exact = types.map(({ name, share }) => ({ name, quota: (size * share) / total }));
  const counts = new Map(exact.map(({ name, quota }) => [name, Math.floor(quota)]));
  const left = size - [...counts.values()].reduce((sum, count) => sum + count, 0);
  const byFraction = [...exact].sort((a, b) => (b.quota % 1) - (a.quota % 1));
  for (const { name } of byFraction.slice(0, left)) counts.set(name, counts.get(name)! + 1);
  return counts;
}

/** One more or one less of just this type: the others keep their numbers, whatever the shares would round to. */
export function resized(pool: Pool, type: string, by: 1 | -1): Pick<Pool, 'size' | 'types'> {
  const size = pool.size + by;
  if (size === 0) return { size, types: pool.types };
  const counts = sharesOf(pool.size, pool.types);
  return { size, types: pool.types.map((entry) => ({ ...entry, share: Math.max(0, counts.get(entry.name)! + (entry.name === type ? by : 0)) })) };
}

/** How many of a type the pool could ever lend at once; a manual pool may yet grow. */
export function capacityOf(pool: Pool, type: string): number {
  if (pool.deletingAt !== null) return 0;
  if (pool.sizing === 'manual') return Infinity;
  return sharesOf(pool.size, pool.types).get(type) ?? 0;
}

export interface SizingSnapshot {
  pool: Pool;
  lines: Line[];
  /** Resources of each line that are to stay: neither draining nor going. */
  counts: Record<number, number>;
  /** The highest number in use. */
  highest: number;
  /** Of lines that have too many: who could go, idle before lent, high numbers first; a bounded number. */
  removable: Resource[];
}

/** What each line has too many (positive) or too few (negative) of, against the pool's size. */
export function surplus(snapshot: Omit<SizingSnapshot, 'removable' | 'highest'>): Map<Line, number> {
  const { pool, lines, counts } = snapshot;
  const wanted = sharesOf(pool.deletingAt === null ? pool.size : 0, pool.types);
  return new Map(lines.map((line) => [line, (counts[line.id] ?? 0) - (wanted.get(line.type) ?? 0)]));
}

/** One bounded step towards the pool's size; the value says whether another is needed. Nobody is cut off. */
export function resize(snapshot: SizingSnapshot, moment: Moment): Decision<boolean> {
  const { pool } = snapshot;
  if (pool.sizing === 'manual' && pool.deletingAt === null) return { changes: [], value: false };
  const changes: Change[] = [];
  let { highest } = snapshot;
  let room = SIZING_BATCH;
  for (const [line, extra] of surplus(snapshot)) {
    const step = Math.min(Math.abs(extra), room);
    room -= step;
    if (extra > 0) changes.push(...shrink(snapshot.removable.filter(({ lineId }) => lineId === line.id).slice(0, step), moment));
    if (extra < 0 && pool.capabilities.provisions) {
      for (let made = 0; made < step; made += 1) changes.push(...createResource(newResource(pool, line, (highest += 1), moment)));
    }
  }
  return { changes, value: room === 0 && changes.length > 0 };
}

function shrink(resources: Resource[], moment: Moment): Change[] {
  return resources.flatMap((resource) => retire(resource, moment));
}

/** Takes a resource out for good: at once if it is idle, when its loan ends if it is lent. */
export function retire(resource: Resource, moment: Moment): Change[] {
  const { id, poolId } = resource;
  const draining: Change = { do: 'append', event: { type: 'resource.admin_state', poolId, resourceId: id, data: { to: 'draining' } } };
  if (resource.status === 'allocated') return [{ do: 'setResource', id, set: { adminState: 'draining' } }, draining];
  if (resource.status === 'destroying' || resource.status === 'destroyed') return [];
  const status = nextResourceStatus(resource.status, 'destroy');
  const changes: Change[] = [
    {
      do: 'setResource',
      id,
      set: { status, adminState: 'draining', setAsideFor: null, setAsideItem: null, nextOperation: 'destroy', dueAt: moment.now, operationId: null, failures: 0, reason: null, changedAt: moment.now },
    },
    draining,
    statusEvent(resource, status),
  ];
  return [...changes, ...letGo(resource, moment.now)];
}

/** A resource that is yet to be made or adopted by the pool's driver. */
export function newResource(pool: Pool, line: Line, number: number, moment: Moment, name = `${pool.name}-${number}`): Resource {
  const { now } = moment;
  const never = { verifiedAt: null, rotatedAt: null, cleanedAt: null, destroyedAt: null, reason: null, handle: null, operationId: null };
  const free = { setAsideFor: null, setAsideItem: null, generation: 0, failures: 0, rank: number };
  return {
    id: moment.newId(),
    poolId: pool.id,
    lineId: line.id,
    name,
    number,
    kind: pool.kind,
    type: line.type,
    status: 'provisioning',
    adminState: 'in_service',
    ...never,
    ...free,
    nextOperation: 'provision',
    dueAt: now,
    expiresAt: idleExpiryOf(pool, now),
    createdAt: now,
    changedAt: now,
  };
}

/** The changes that bring a new resource in. */
export function createResource(resource: Resource): Change[] {
  const { id: resourceId, poolId, name, type } = resource;
  return [
    { do: 'createResource', resource },
    { do: 'append', event: { type: 'resource.created', poolId, resourceId, data: { name, type } } },
  ];
}
