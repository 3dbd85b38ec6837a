import { nothing, type Change, type Decision } from '../change';
import { changedIn } from '../event';
import { DomainError, requireVersion } from '../errors';
import type { DecisionContext } from '../context';
import type { PoolFacts } from './loading';
import type { Pool, PoolType } from './pool';
import { concernsExpiry, concernsIdle } from './replanning';
import { sharesOf } from './shares';

/** The fields that an admin or the pools file sets; the server sets the others. */
export type PoolFields = Pick<
  Pool,
  | 'driver'
  | 'settings'
  | 'simulate'
  | 'sizing'
  | 'size'
  | 'spares'
  | 'types'
  | 'labels'
  | 'policy'
  | 'capabilities'
>;

/** Makes a pool. Errors: `conflict` when the name is taken. */
export function createPool(taken: Pool | null, pool: Pool): Decision<string> {
  if (taken) throw new DomainError('conflict', `A pool named ${pool.name} exists already.`, 'name');
  const changes: Change[] = [
    { do: 'createPool', pool },
    classesFor(pool.id, pool.types),
    {
      do: 'append',
      event: { type: 'pool.created', poolId: pool.id, data: { name: pool.name, size: pool.size } },
    },
  ];
  return { changes, value: pool.id };
}

/**
 * Changes a pool; its resources follow gradually. `expected` are the versions that will do,
 * null for any. Errors: `precondition_failed`, `conflict` while it is being deleted,
 * `unsupported` to grow a pool whose driver cannot make resources.
 */
export function changePool(
  pool: Pool,
  set: Partial<PoolFields>,
  expected: readonly number[] | null,
  by: Pool['origin'],
): Decision<string> {
  requireVersion('pool', expected, pool.version);
  if (pool.deletingAt !== null)
    throw new DomainError('conflict', `Pool ${pool.name} is being deleted.`);
  const next = { ...pool, ...set };
  if (set.size !== undefined && next.sizing === 'manual')
    throw new DomainError(
      'unsupported',
      'The size of a manual pool changes by adding and removing resources.',
      'size',
    );
  // The pools file grows such a pool by listing more resources.
  if (
    by === 'api' &&
    set.size !== undefined &&
    set.size > pool.size &&
    !next.capabilities.provisions
  ) {
    throw new DomainError(
      'unsupported',
      `Driver ${next.driver} cannot make resources; import them.`,
      'size',
    );
  }
  const expiry = concernsExpiry(pool, next);
  const changes: Change[] = [
    { do: 'setPool', id: pool.id, set: { ...set, version: pool.version + 1 } },
    ...(concernsIdle(pool, next)
      ? [{ do: 'replan', poolId: pool.id, after: '', expiry } as const]
      : []),
    ...(set.types ? [classesFor(pool.id, set.types)] : []),
    poolChanged(pool, set),
  ];
  return { changes, value: pool.id };
}

/**
 * The fields whose values may stand in events. Settings, also those of a type, may hold secrets: an
 * event says only that they changed.
 */
const TOLD = [
  'driver',
  'simulate',
  'sizing',
  'size',
  'spares',
  'types',
  'labels',
  'policy',
] as const;

/** The event that records a change of a pool. */
export function poolChanged(pool: Pool, set: Partial<PoolFields>): Change {
  const fields = Object.keys(set).join(',');
  const data = { fields, size: set.size ?? pool.size };
  const changed = changedIn(told(pool), told(set), TOLD);
  return { do: 'append', event: { type: 'pool.changed', poolId: pool.id, data, ...changed } };
}

function told<T extends Partial<PoolFields>>(fields: T): T {
  if (!fields.types) return fields;
  return { ...fields, types: fields.types.map(({ spec: _spec, ...type }) => type) };
}

/** Every type of a pool has a class, in whose queue requests for it wait. */
function classesFor(poolId: string, types: readonly PoolType[]): Change {
  return { do: 'addClasses', poolId, types: types.map(({ name }) => name) };
}

/**
 * Resizes a managed pool, but refuses to shrink it below the number lent, as the old VM API did.
 * (`changePool` accepts that, and lent resources leave when their loans end.) Where the shares
 * alone would remove lent ones of a type, it gets a minimum. The value says whether anything
 * changes. Errors: `in_use` when more are lent, and those of `changePool`.
 */
export function resizeUnlessLent(
  pool: Pool,
  size: number,
  lent: ReadonlyMap<string, number>,
): Decision<boolean> {
  const inUse = [...lent.values()].reduce((sum, count) => sum + count, 0);
  if (size < inUse) throw new DomainError('in_use', `${inUse} of ${pool.name} are lent.`, 'size');
  if (size === pool.size) return { changes: [], value: false };
  const { changes } = changePool(
    pool,
    { size, types: typesAround(pool.types, size, lent) },
    null,
    'api',
  );
  return { changes, value: true };
}

function typesAround(
  types: PoolType[],
  size: number,
  lent: ReadonlyMap<string, number>,
): PoolType[] {
  const counts = sharesOf(size, types);
  const lentOf = (name: string) => lent.get(name) ?? 0;
  if (types.every(({ name }) => counts.get(name)! >= lentOf(name))) return types;
  return types.map(({ name, share, spec }) => ({
    name,
    share,
    spec,
    ...(lentOf(name) > 0 ? { minimum: lentOf(name) } : {}),
  }));
}

/**
 * Begins to delete a pool: its resources are drained and its queued requests refused, then it is
 * removed.
 */
export function deletePool(
  pool: Pool,
  expected: readonly number[] | null,
  context: DecisionContext,
): Decision<string> {
  requireVersion('pool', expected, pool.version);
  if (pool.deletingAt !== null) return { changes: [], value: pool.id };
  const changes: Change[] = [
    { do: 'setPool', id: pool.id, set: { deletingAt: context.now, version: pool.version + 1 } },
    {
      do: 'append',
      event: { type: 'pool.changed', poolId: pool.id, data: { fields: 'deletingAt', size: 0 } },
    },
  ];
  return { changes, value: pool.id };
}

/**
 * Removes a deleted pool once it is empty and no call can leave anything behind: calls of superseded
 * operations are over, and a sweep has looked at the back end since. `sweptAt`: when the last sweep
 * that succeeded began, epoch ms; null without one.
 */
export function removeDeleted(
  { pool, empty, lateUntil }: Pick<PoolFacts, 'pool' | 'empty' | 'lateUntil'>,
  sweptAt: number | null,
): Decision<null> {
  if (!pool || pool.deletingAt === null || !empty) return nothing(null);
  const isSwept = lateUntil === null || (sweptAt !== null && lateUntil < sweptAt);
  return isSwept ? { changes: removePool(pool), value: null } : nothing(null);
}

/** Removes an empty pool, and anything left in its queues. */
function removePool({ id, name }: Pool): Change[] {
  return [
    { do: 'clearQueues', poolId: id },
    { do: 'deletePool', id },
    { do: 'append', event: { type: 'pool.deleted', poolId: id, data: { name } } },
  ];
}
