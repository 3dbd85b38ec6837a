import { DomainError } from '../../domain/errors';
import { mergePatch } from '../../domain/merge';
import { fileOnlyError, requireFileOnlyKept } from '../../domain/pools/file-only';
import type { Pool } from '../../domain/pools/pool';
import type { PoolFields } from '../../domain/pools/pool-changes';
import type { DriverFactory } from '../../drivers/driver';
import { poolSpec } from '../../pools-file/pool';
import { spelled } from '../../domain/field';
import { type FieldPath, type Report } from '../../pools-file/problem';
import type { WrittenPool, WrittenPoolChange } from '../../pools-file/schema';
import type { PoolSpec } from '../../pools-file/spec';

type Factories = ReadonlyMap<string, DriverFactory>;

/**
 * The spec of a pool that an admin makes. Errors: `invalid` with the field, `forbidden` for one that
 * only the pools file may set.
 */
export function newSpecOf(written: WrittenPool, drivers: Factories): PoolSpec {
  const given = { settings: written.settings ?? {}, types: [] };
  const fileOnly = drivers.get(written.driver)?.fileOnly ?? [];
  requireFileOnlyKept(null, given, fileOnly);
  const spec = specOf(written, drivers);
  requireFileOnlyKept(null, spec, fileOnly);
  return spec;
}

/** Reads a pool as an admin wrote it. Errors: `invalid` with the first field that is wrong. */
function specOf(written: WrittenPool, drivers: Factories): PoolSpec {
  const problems: DomainError[] = [];
  const report: Report = (path, message) =>
    problems.push(
      isFileOnly(path, written, drivers)
        ? fileOnlyError(path)
        : new DomainError('invalid', `${spelled(path)}: ${message}`, spelled(path)),
    );
  const spec = poolSpec(written, [], { drivers, env: {}, directory: '', report });
  if (!spec) throw problems[0]!;
  return spec;
}

/** A missing setting that only the file may set cannot be supplied here either. */
function isFileOnly(path: FieldPath, { driver }: WrittenPool, drivers: Factories): boolean {
  const [group, name] = path;
  return group === 'settings' && (drivers.get(driver)?.fileOnly ?? []).includes(String(name));
}

/**
 * Returns the fields that a patch changes. The patch is merged into the pool leaf by leaf, and the
 * result is checked as a whole. Errors: `invalid` with the field, `forbidden` for one that only the
 * pools file may set.
 */
export function patchedFields(
  pool: Pool,
  patch: WrittenPoolChange,
  drivers: Factories,
): Partial<PoolFields> {
  const before = asRead(pool);
  const group = <K extends 'lease' | 'cleaning' | 'verification' | 'rotation'>(name: K) => ({
    [name]: { ...before[name], ...patch[name] },
  });
  const free = mergePatch(
    { settings: before.settings, labels: before.labels },
    { settings: patch.settings ?? {}, labels: patch.labels ?? {} },
  ) as Required<Pick<WrittenPool, 'settings' | 'labels'>>;
  // The existing resources of a driver that makes none still count; `changePool` refuses more.
  const there = pool.sizing === 'managed' && !pool.capabilities.provisions ? { size: 0 } : {};
  const written = {
    ...before,
    ...patch,
    ...there,
    ...free,
    ...group('lease'),
    ...group('cleaning'),
    ...group('verification'),
    ...group('rotation'),
  };
  const spec = specOf(written, drivers);
  requireFileOnlyKept(pool, spec, spec.fileOnly);
  const set: Partial<PoolFields> = {};
  if (patch.size !== undefined) set.size = patch.size;
  if (patch.spares !== undefined) set.spares = patch.spares;
  if (patch.types !== undefined) set.types = spec.types;
  if (patch.labels !== undefined) set.labels = spec.labels;
  if (patch.simulate !== undefined) set.simulate = spec.simulate;
  if (patch.settings !== undefined)
    Object.assign(set, { settings: spec.settings, capabilities: spec.capabilities });
  if (JSON.stringify(spec.policy) !== JSON.stringify(pool.policy)) set.policy = spec.policy;
  return set;
}

/** A pool as the schema would have read it: durations in ms. */
function asRead({
  name,
  kind,
  driver,
  settings,
  simulate,
  types,
  labels,
  sizing,
  size,
  spares,
  policy,
}: Pool): WrittenPool {
  return {
    name,
    kind,
    driver,
    settings,
    simulate,
    types,
    labels,
    sizing,
    ...(sizing === 'managed' ? { size, spares } : {}),
    ...policy,
  };
}

/** A pool as an admin would write it: durations in seconds, null for never. */
export function writtenOf(pool: Pool) {
  const { lease, cleaning, verification, rotation, pick, concurrency } = pool.policy;
  const { minProof = null, derived = 'dead', shareHolders = false } = pool.policy;
  const { name, kind, driver, settings, simulate, types, labels, sizing } = pool;
  return {
    ...{ name, kind, driver, settings, simulate, types, labels, sizing, pick, concurrency },
    ...{ minProof, derived, shareHolders },
    ...(sizing === 'managed' ? { size: pool.size, spares: pool.spares } : {}),
    lease: {
      ...lease,
      default: seconds(lease.default),
      maximum: seconds(lease.maximum),
      heartbeat: seconds(lease.heartbeat),
      grace: lease.grace / 1000,
      prepare: lease.prepare / 1000,
      ...(lease.notice === undefined ? {} : { notice: lease.notice / 1000 }),
      idleExpiry: seconds(lease.idleExpiry),
    },
    cleaning: {
      ...cleaning,
      backoff: cleaning.backoff / 1000,
      backoffMaximum: cleaning.backoffMaximum / 1000,
      quarantineRetry: cleaning.quarantineRetry / 1000,
      cooldown: cleaning.cooldown / 1000,
      deadline: cleaning.deadline / 1000,
    },
    verification: { interval: seconds(verification.interval) },
    rotation: { ...rotation, interval: seconds(rotation.interval) },
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
