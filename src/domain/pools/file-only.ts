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
  const { settings, types } = before ?? NOTHING;
  for (const name of fileOnly) {
    if (!sameJson(settings[name], after.settings[name])) throw fileOnlyError(['settings', name]);
    after.types.forEach((type, index) => {
      if (!sameJson(specOf(types, type.name)[name], type.spec[name]))
        throw fileOnlyError(['types', index, 'spec', name]);
    });
  }
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

/** The file-only settings that a pool has, wherever it has them from. */
export function fileOnlyIn(
  { settings, types }: DriverFields,
  fileOnly: readonly string[],
): string[] {
  return fileOnly.filter((name) => name in settings || types.some(({ spec }) => name in spec));
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
