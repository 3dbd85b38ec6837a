import { DomainError } from '../../domain/errors';
import { mergePatch } from '../../domain/merge';
import type { Pool } from '../../domain/pools/pool';
import type { PoolFields } from '../../domain/pools/pool-changes';
import type { DriverFactory } from '../../drivers/driver';
import { poolSpec } from '../../pools-file/pool';
import { spelled } from '../../pools-file/problem';
import type { WrittenPool, WrittenPoolChange } from '../../pools-file/schema';
import type { PoolSpec } from '../../pools-file/spec';

type Factories = ReadonlyMap<string, DriverFactory>;

/** Reads a pool as an admin wrote it. Errors: `invalid` with the field. */
export function specOf(written: WrittenPool, drivers: Factories): PoolSpec {
  return poolSpec(written, [], {
    drivers,
    env: {},
    error: (path, message) =>
      new DomainError('invalid', `${spelled(path)}: ${message}`, spelled(path)),
  });
}

/**
 * Gives the fields that a patch changes. The patch is merged into the pool leaf by leaf, and the
 * result is checked as a whole. Errors: `invalid` with the field.
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
  const set: Partial<PoolFields> = {};
  if (patch.size !== undefined) set.size = patch.size;
  if (patch.spares !== undefined) set.spares = patch.spares;
  if (patch.types !== undefined) set.types = spec.types;
  if (patch.labels !== undefined) set.labels = spec.labels;
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
  const { name, kind, driver, settings, types, labels, sizing } = pool;
  return {
    ...{ name, kind, driver, settings, types, labels, sizing, pick, concurrency },
    ...(sizing === 'managed' ? { size: pool.size, spares: pool.spares } : {}),
    lease: {
      ...lease,
      default: seconds(lease.default),
      maximum: seconds(lease.maximum),
      heartbeat: seconds(lease.heartbeat),
      grace: lease.grace / 1000,
      prepare: lease.prepare / 1000,
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
