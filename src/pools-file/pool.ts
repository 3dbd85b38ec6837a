import type { Capabilities } from '../domain/lifecycle/operation';
import type { DriverFactory } from '../drivers/driver';
import { z } from 'zod';
import { accountsOf, typesOf, type Fail } from './accounts';
import { checkCapabilities, checkPolicy, checkTypes, sizeOf } from './checks';
import { policyOf } from './policy';
import { firstProblem, type FieldPath } from './problem';
import type { WrittenPool } from './schema';
import type { Env, PoolSpec } from './spec';

/** What a file is read against. */
export interface Surroundings {
  /** Makes the error that names a field of what was read. */
  error(path: FieldPath, message: string): Error;
  /** Factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
  env: Env;
}

/**
 * The spec of a pool that stands at `base`. Throws `surroundings.error` for the field that is
 * wrong.
 */
export function poolSpec(written: WrittenPool, base: FieldPath, env: Surroundings): PoolSpec {
  const fail: Fail = (path, message) => env.error([...base, ...path], message);
  const capabilities = capabilitiesOf(written, env, fail);
  checkTypes(written, fail);
  const size = sizeOf(written, fail);
  checkCapabilities(written, capabilities, size, fail);
  const accounts = accountsOf(written, env.env, fail);
  const types = typesOf(written, accounts, fail);
  const policy = policyOf(written, capabilities);
  checkPolicy(policy, written, fail);
  const { name, kind, driver, settings = {}, sizing = 'managed', labels = {} } = written;
  return {
    name,
    kind,
    driver,
    settings,
    sizing,
    size,
    types,
    labels,
    policy,
    capabilities,
    accounts,
  };
}

/**
 * What the driver can do with these settings; they stay as written, so that they can be read again
 * at any time.
 */
function capabilitiesOf(written: WrittenPool, { drivers }: Surroundings, fail: Fail): Capabilities {
  const factory = drivers.get(written.driver);
  if (!factory)
    throw fail(
      ['driver'],
      `there is no such driver; there are ${[...drivers.keys()].sort().join(', ')}`,
    );
  if (!factory.kinds.includes(written.kind))
    throw fail(['kind'], `the driver ${factory.name} lends ${factory.kinds.join(', ')} only`);
  const settings = strict(factory.settings).safeParse(written.settings ?? {});
  if (!settings.success) throw firstProblem(['settings'], settings.error, fail);
  return factory.capabilities(settings.data);
}

/** An unknown key is an error whatever the driver thinks of it. */
function strict(settings: z.ZodType): z.ZodType {
  return settings instanceof z.ZodObject ? settings.strict() : settings;
}
