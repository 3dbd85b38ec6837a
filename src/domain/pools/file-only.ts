import { DomainError } from '../errors';
import { sameJson } from '../merge';
import type { Pool, PoolType } from './pool';

/** The part of a pool that its driver reads. */
export type DriverFields = Pick<Pool, 'settings' | 'types'>;

const NOTHING: DriverFields = { settings: {}, types: [] };

/**
 * Checks that a call changes no setting that only the pools file may set (`fileOnly`, as the driver
 * declares them), neither in `settings` nor in the `spec` of a type. `before`: the pool as it is,
 * null for a new one. Errors: `forbidden` with the field.
 */
export function requireFileOnlyKept(
  before: DriverFields | null,
  after: DriverFields,
  fileOnly: readonly string[],
): void {
  const [changed] = changedIn(before ?? NOTHING, after, fileOnly);
  if (changed) throw fileOnlyError(changed);
}

/**
 * The file-only settings of a pool that are not as the pools file has them. `file`: the pool as the
 * file describes it, null if it does not.
 */
export function fileOnlyNotOf(
  file: DriverFields | null,
  pool: DriverFields,
  fileOnly: readonly string[],
): string[] {
  const changed = changedIn(file ?? NOTHING, pool, fileOnly);
  return [...new Set(changed.map((field) => String(field.at(-1))))];
}

/** The places at which file-only settings differ. A type that is gone decides nothing any more. */
function changedIn(
  before: DriverFields,
  after: DriverFields,
  fileOnly: readonly string[],
): PropertyKey[][] {
  return fileOnly.flatMap((name) => [
    ...(sameJson(before.settings[name], after.settings[name]) ? [] : [['settings', name]]),
    ...after.types.flatMap((type, index) =>
      sameJson(specOf(before.types, type.name)[name], type.spec[name])
        ? []
        : [['types', index, 'spec', name]],
    ),
  ]);
}

/** The refusal of a field that only the pools file may set. */
export function fileOnlyError(field: readonly PropertyKey[]): DomainError {
  return new DomainError(
    'forbidden',
    `Only the pools file may set ${String(field.at(-1))}: it decides what runs, or is reached, on ` +
      "the driver's machines.",
    field,
  );
}

/**
 * `merged` with the file-only settings exactly as the file has them, whatever an admin of an earlier
 * version has set.
 */
export function withFileOnlyOf<Fields extends DriverFields>(
  file: DriverFields,
  merged: Fields,
  fileOnly: readonly string[],
): Fields {
  return {
    ...merged,
    settings: replaced(merged.settings, file.settings, fileOnly),
    types: merged.types.map((type) => ({
      ...type,
      spec: replaced(type.spec, specOf(file.types, type.name), fileOnly),
    })),
  };
}

function specOf(types: readonly PoolType[], type: string): PoolType['spec'] {
  return types.find(({ name }) => name === type)?.spec ?? {};
}

function replaced<Value>(
  current: Record<string, Value>,
  file: Record<string, Value>,
  names: readonly string[],
): Record<string, Value> {
  const kept = Object.entries(current).filter(([name]) => !names.includes(name));
  const given = Object.entries(file).filter(([name]) => names.includes(name));
  return Object.fromEntries([...kept, ...given]);
}
