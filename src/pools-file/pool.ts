import type { Capabilities } from '../domain/lifecycle/operation';
import type { DriverFactory } from '../drivers/driver';
import { z } from 'zod';
import { accountsOf, typesOf, type Fail } from './accounts';
import { checkCapabilities, checkPolicy, checkSpares, checkTypes, sizeOf } from './checks';
import { policyOf } from './policy';
import { firstProblem, type FieldPath } from './problem';
import type { WrittenPool } from './schema';
import type { Env, PoolSpec } from './spec';

/** The context in which a pool is read. */
export interface PoolContext {
  /** Makes the error for a field, by its path from the root. */
  error(path: FieldPath, message: string): Error;
  /** Driver factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
  env: Env;
}

/**
 * The spec of the pool written at `base`. Errors: `env.error` for the field that is wrong.
 */
export function poolSpec(written: WrittenPool, base: FieldPath, env: PoolContext): PoolSpec {
  const fail: Fail = (path, message) => env.error([...base, ...path], message);
  const capabilities = capabilitiesOf(written, env, fail);
  checkTypes(written, fail);
  const size = sizeOf(written, fail);
  checkCapabilities(written, capabilities, size, fail);
  checkSpares(written, capabilities, fail);
  const accounts = accountsOf(written, env.env, fail);
  const types = typesOf(written, accounts, fail);
  const policy = policyOf(written, capabilities);
  checkPolicy(policy, written, fail);
  const { name, kind, driver, settings = {}, sizing = 'managed' } = written;
  const { spares = 0, labels = {} } = written;
  return {
    name,
    kind,
    driver,
    settings,
    sizing,
    size,
    spares,
    types,
    labels,
    policy,
    capabilities,
    accounts,
  };
}

/**
 * The driver's capabilities with these settings. The settings themselves stay as written, so that
 * they can be parsed again at any time.
 */
function capabilitiesOf(written: WrittenPool, { drivers }: PoolContext, fail: Fail): Capabilities {
  const factory = drivers.get(written.driver);
  if (!factory) throw fail(['driver'], `must be one of ${[...drivers.keys()].sort().join(', ')}`);
  if (!factory.kinds.includes(written.kind))
    throw fail(
      ['kind'],
      `must be one that the driver ${factory.name} lends: ${factory.kinds.join(', ')}`,
    );
  const settings = strict(factory.settings).safeParse(written.settings ?? {});
  if (!settings.success) throw firstProblem(['settings'], settings.error, fail);
  return factory.capabilities(settings.data);
}

/** Rejects unknown keys, even if the driver's schema would ignore them. */
function strict(settings: z.ZodType): z.ZodType {
  return settings instanceof z.ZodObject ? settings.strict() : settings;
}
