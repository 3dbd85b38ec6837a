import { mergeChanges, sameJson } from '../merge';
import type { ListedFields } from '../lifecycle/resource';
import { withFileOnlyOf } from './file-only';
import type { LeasePolicy, Pool } from './pool';

/** The fields of a pool that the file can change; its name, kind and driver never change. */
export const FILE_FIELDS = [
  'settings',
  'simulate',
  'sizing',
  'size',
  'spares',
  'types',
  'labels',
  'policy',
] as const;
export type FileFields = Pick<Pool, (typeof FILE_FIELDS)[number]>;

/** A listed resource without its secrets. */
export interface ListedCopy {
  name: string;
  fields: ListedFields;
}

/** A pool as the file described it, with defaults filled in; JSON without secrets. */
export interface PoolCopy extends Pick<Pool, 'name' | 'kind' | 'driver'>, FileFields {
  /** The resources and accounts that it lists, each seat by itself. */
  listed: ListedCopy[];
}

/** A change to make; `name` is the pool's. */
export type PoolsFileChange =
  | { change: 'create'; name: string; pool: PoolCopy }
  | { change: 'update'; name: string; set: Partial<FileFields> }
  /** The size becomes the number of listed resources that exist, plus `more`. */
  | { change: 'resize'; name: string; more: number }
  /** The pool is drained, then removed. */
  | { change: 'delete'; name: string }
  /** Imports these from the file, which has their secrets. The size grows with them. */
  | { change: 'addListed'; name: string; names: string[] }
  /** These get new fields. */
  | { change: 'setFields'; name: string; listed: ListedCopy[] }
  /** These are drained, then removed, and the size shrinks with them. */
  | { change: 'removeListed'; name: string; names: string[] };

export interface PoolsFileComparison {
  changes: PoolsFileChange[];
  /** The parts of the file that were left out, in sentences for the log. */
  warnings: string[];
  /** The next comparison's `previous`: the file without the parts that were left out. */
  loaded: PoolCopy[];
}

/**
 * `previous`: the last `loaded`; `next`: the file now; `current`: all existing pools; `fileOnly`: the
 * settings that only the file may set, by the name of the pool.
 */
export interface PoolsFileSituation {
  fileOnly?: ReadonlyMap<string, readonly string[]>;
  previous: readonly PoolCopy[];
  next: readonly PoolCopy[];
  current: readonly Pool[];
}

/** The result of comparing one pool of the file. */
interface Outcome {
  changes: PoolsFileChange[];
  warning?: string;
  loaded: PoolCopy | null;
}

/**
 * Compares a newly read pools file with the last one and with the pools. Only differences between
 * the two files apply: an admin's changes stay where the file did not change, pools made through
 * the API are never touched, and a resource whose name was listed before is never imported again.
 * Settings that only the file may set are always the file's.
 */
export function comparePools({
  previous,
  next,
  current,
  fileOnly,
}: PoolsFileSituation): PoolsFileComparison {
  const before = byName(previous);
  const now = byName(current);
  const listed = new Set(next.map((pool) => pool.name));
  const removed = previous
    .filter((pool) => !listed.has(pool.name))
    .flatMap((pool) => removal(now.get(pool.name)));
  const outcomes = next.map((pool) =>
    outcomeOf(pool, before.get(pool.name), now.get(pool.name), fileOnly?.get(pool.name) ?? []),
  );
  return {
    changes: [...removed, ...outcomes.flatMap((outcome) => outcome.changes)],
    warnings: outcomes.flatMap((outcome) => outcome.warning ?? []),
    loaded: outcomes.flatMap((outcome) => outcome.loaded ?? []),
  };
}

function byName<Named extends { name: string }>(pools: readonly Named[]): Map<string, Named> {
  return new Map(pools.map((pool) => [pool.name, pool]));
}

function removal(pool: Pool | undefined): PoolsFileChange[] {
  return pool?.origin === 'file' && pool.deletingAt === null
    ? [{ change: 'delete', name: pool.name }]
    : [];
}

function outcomeOf(
  next: PoolCopy,
  previous: PoolCopy | undefined,
  pool: Pool | undefined,
  fileOnly: readonly string[],
): Outcome {
  if (pool?.origin === 'api')
    return skipped('there is one of that name made by the API', next, null);
  if (!previous)
    return pool
      ? metAgain(next, pool)
      : { changes: [{ change: 'create', name: next.name, pool: next }], loaded: next };
  // A pool that an admin removed stays removed until it has been out of the file once.
  if (!pool || pool.deletingAt !== null) return skipped('an admin removed it', next, next);
  if (next.kind !== pool.kind || next.driver !== pool.driver)
    return skipped('kind and driver of a pool cannot change; give it a new name', next, previous);
  return compared(next, previous, pool, fileOnly);
}

function skipped(why: string, { name }: PoolCopy, loaded: PoolCopy | null): Outcome {
  return { changes: [], warning: `The pools file's pool ${name} was left out: ${why}.`, loaded };
}

/**
 * Handles a pool that is new in the file but exists already: it is still draining, or the last copy
 * was lost or never stored.
 */
function metAgain(next: PoolCopy, pool: Pool): Outcome {
  if (pool.deletingAt !== null)
    return skipped('the one of that name is still being removed', next, null);
  const met = skipped(
    'it exists already, and no earlier copy of the file is known; its settings are kept',
    next,
    next,
  );
  // If its creation was cut off, some resources are missing; those that exist stay as they are.
  return { ...met, changes: listChanges(next, { ...next, listed: [] }) };
}

function compared(
  next: PoolCopy,
  previous: PoolCopy,
  pool: Pool,
  fileOnly: readonly string[],
): Outcome {
  const merged = withFileOnlyOf(next, mergedFields(next, previous, pool), fileOnly);
  const leaseChanges = !sameJson(merged.policy.lease, pool.policy.lease);
  if (leaseChanges && !isCoherent(merged.policy.lease)) {
    // Left out of the copy, so that it is tried again once the admin's value allows it.
    const policy = { ...next.policy, lease: previous.policy.lease };
    const rest = compared({ ...next, policy }, previous, pool, fileOnly);
    return {
      ...rest,
      warning:
        `The pools file's lease policy of pool ${next.name} was left out: with an admin's ` +
        'changes the default would be over the maximum.',
    };
  }
  return {
    changes: [
      ...update(merged, pool, isListed(next) || isListed(previous)),
      ...resizing(next, previous, merged),
      ...listChanges(next, previous),
    ],
    loaded: next,
  };
}

function mergedFields(next: PoolCopy, previous: PoolCopy, pool: Pool): FileFields {
  return mergeChanges(fieldsOf(previous), fieldsOf(next), fieldsOf(pool));
}

function fieldsOf(fields: FileFields): FileFields {
  const { settings, simulate, sizing, size, types, labels, policy } = fields;
  // A copy that was stored before there were spares has none.
  return { settings, simulate, sizing, size, spares: fields.spares ?? 0, types, labels, policy };
}

/** Does the file determine the size of the pool by a list? */
function isListed({ listed }: PoolCopy): boolean {
  return listed.length > 0;
}

/**
 * Listed resources that are added or removed change the size one by one, because a fixed number
 * would count those that an admin deleted. Only the number that the file wants besides its list is
 * set, and only if it changed.
 */
function resizing(next: PoolCopy, previous: PoolCopy, { sizing }: FileFields): PoolsFileChange[] {
  const beside = (copy: PoolCopy) =>
    copy.sizing === 'managed' ? copy.size - copy.listed.length : null;
  const more = beside(next);
  const changes =
    (isListed(next) || isListed(previous)) &&
    sizing === 'managed' &&
    more !== null &&
    more !== beside(previous);
  return changes ? [{ change: 'resize', name: next.name, more }] : [];
}

function update(merged: FileFields, pool: Pool, listed: boolean): PoolsFileChange[] {
  // A manual pool has no size to set.
  const fields = FILE_FIELDS.filter(
    (field) => field !== 'size' || (merged.sizing === 'managed' && !listed),
  );
  const changed = fields.filter((field) => !sameJson(merged[field], pool[field]));
  const set = Object.fromEntries(
    changed.map((field) => [field, merged[field]]),
  ) as Partial<FileFields>;
  return changed.length > 0 ? [{ change: 'update', name: pool.name, set }] : [];
}

function listChanges({ name, listed }: PoolCopy, previous: PoolCopy): PoolsFileChange[] {
  const before = byName(previous.listed);
  const now = byName(listed);
  const added = listed.filter((each) => !before.has(each.name));
  const gone = previous.listed.filter((each) => !now.has(each.name));
  const changed = listed.filter((each) => {
    const known = before.get(each.name);
    return known !== undefined && !sameJson(known.fields, each.fields);
  });
  const changes: PoolsFileChange[] = [];
  if (added.length > 0) changes.push({ change: 'addListed', name, names: namesOf(added) });
  if (changed.length > 0) changes.push({ change: 'setFields', name, listed: changed });
  if (gone.length > 0) changes.push({ change: 'removeListed', name, names: namesOf(gone) });
  return changes;
}

function namesOf(listed: readonly ListedCopy[]): string[] {
  return listed.map(({ name }) => name);
}

/** A lease without an end exceeds every maximum. */
function isCoherent({ default: length, maximum }: LeasePolicy): boolean {
  return maximum === null || (length !== null && length <= maximum);
}
