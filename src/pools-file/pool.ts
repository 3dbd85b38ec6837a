import { z } from 'zod';
import type { Capabilities } from '../domain/lifecycle/operation';
import type { DriverFactory } from '../drivers/driver';
import { accountsOf, typesOf } from './accounts';
import { checkCapabilities, checkPolicy, checkSpares, checkTypes, sizeOf } from './checks';
import { policyOf } from './policy';
import { reportIssues, type FieldPath, type Report } from './problem';
import type { WrittenPool } from './schema';
import { checkResources, type ListingDriver } from './resource-checks';
import { asListed, resourcesOf, type ListContext } from './resources';
import type { PoolSpec } from './spec';

/** The context in which a pool is read. */
export interface PoolContext extends ListContext {
  /** Notes a problem of a field, by its path from the root. */
  report: Report;
  /** Driver factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
}

/** The spec of the pool written at `base`; null if anything in it is wrong, which is reported. */
export function poolSpec(
  written: WrittenPool,
  base: FieldPath,
  context: PoolContext,
): PoolSpec | null {
  let isRight = true;
  const report: Report = (path, message) => {
    isRight = false;
    context.report([...base, ...path], message);
  };
  const factory = factoryOf(written, context, report);
  const capabilities = factory && capabilitiesOf(written, factory, report);
  checkTypes(written, report);
  const size = sizeOf(written, report);
  if (capabilities) checkCapabilities(written, capabilities, size, report);
  if (capabilities) checkSpares(written, capabilities, report);
  const accounts = accountsOf(written, context.env, report);
  const listed = [...accounts.map(asListed), ...resourcesOf(written, context, report)];
  if (capabilities)
    checkResources(written, listed, listingDriverOf(written, factory, capabilities), report);
  const types = typesOf(written, listed, report);
  if (!capabilities) return null;
  const policy = policyOf(written, capabilities);
  checkPolicy(policy, written, report);
  if (!isRight) return null;
  const { name, kind, driver, settings = {}, simulate = false } = written;
  const { sizing = 'managed', spares = 0, labels = {} } = written;
  const { fileOnly } = factory;
  const said = { name, kind, driver, settings, simulate, sizing, size, spares };
  return { ...said, types, labels, policy, capabilities, fileOnly, accounts, listed };
}

function factoryOf(
  { driver, kind }: WrittenPool,
  { drivers }: PoolContext,
  report: Report,
): DriverFactory | undefined {
  const factory = drivers.get(driver);
  if (factory?.kinds.includes(kind)) return factory;
  if (!factory) report(['driver'], `must be one of ${[...drivers.keys()].sort().join(', ')}`);
  else
    report(
      ['kind'],
      `must be one that the driver ${factory.name} lends: ${factory.kinds.join(', ')}`,
    );
  return undefined;
}

/**
 * The driver's capabilities with these settings. The settings themselves stay as written, so that
 * they can be parsed again at any time.
 */
function capabilitiesOf(
  written: WrittenPool,
  factory: DriverFactory,
  report: Report,
): Capabilities | undefined {
  const settings = strict(factory.settings).safeParse(written.settings ?? {});
  if (settings.success) return factory.capabilities(settings.data);
  reportIssues(['settings'], settings.error, report);
  return undefined;
}

/** The rules for listed resources. The settings have been checked. */
function listingDriverOf(
  { settings = {} }: WrittenPool,
  factory: DriverFactory,
  capabilities: Capabilities,
): ListingDriver {
  return { capabilities, rules: factory.listing?.(factory.settings.parse(settings)) ?? {} };
}

/** Rejects unknown keys, even if the driver's schema would ignore them. */
function strict(settings: z.ZodType): z.ZodType {
  return settings instanceof z.ZodObject ? settings.strict() : settings;
}
