import { z } from 'zod';
import type { Capabilities } from '../domain/lifecycle/operation';
import type { PoolType } from '../domain/pools/pool';
import type { DriverFactory } from '../drivers/driver';
import { accountsOf, typesOf } from './accounts';
import { checkPool, sizeOf } from './checks';
import { suggested } from './nearest';
import { fromParts, ifRight, parsedParts, part, valueOf, wrong } from './partial';
import { policyOf } from './policy';
import type { FieldPath, Report } from './problem';
import type { WrittenPool } from './schema';
import type { AccountSpec, Env, PoolSpec } from './spec';

/** The context in which a pool is read. */
export interface PoolContext {
  /** Notes a problem of a field, by its path from the root. */
  report: Report;
  /** Driver factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
  env: Env;
}

/**
 * The spec of the pool written at `base`; null if anything in it is wrong, which is reported. Parts of
 * `written` may be wrong, and reported already: the others are checked all the same.
 */
export function poolSpec(
  written: WrittenPool,
  base: FieldPath,
  context: PoolContext,
): PoolSpec | null {
  return readPool(written, base, context).spec;
}

/** Reads a pool as `poolSpec` does; `accounts` can be read as far as they are right. */
export function readPool(
  written: WrittenPool,
  base: FieldPath,
  context: PoolContext,
): { spec: PoolSpec | null; accounts: AccountSpec[] } {
  let isRight = true;
  const report: Report = (path, message) => {
    isRight = false;
    context.report([...base, ...path], message);
  };
  const factory = part(() => factoryOf(written, context, report));
  const capabilities = part(() => capabilitiesOf(written, valueOf(factory), report));
  const size = part(() => sizeOf(written, report));
  checkPool(written, fromParts({ capabilities, size }), report);
  const accounts = ifRight(() => accountsOf(written, context.env, report)) ?? [];
  const types = part(() => typesOf(written, accounts, report));
  const found = { factory, capabilities, size, accounts: { value: accounts }, types };
  const spec = isRight ? ifRight(() => specOf(written, fromParts<Found>(found))) : undefined;
  return { spec: spec ?? null, accounts };
}

/** Found out about a pool besides its text. */
interface Found {
  factory: DriverFactory;
  capabilities: Capabilities;
  size: number;
  accounts: AccountSpec[];
  types: PoolType[];
}

function specOf(written: WrittenPool, found: Found): PoolSpec {
  const { name, kind, driver, settings = {}, simulate = false } = written;
  const { sizing = 'managed', spares = 0, labels = {} } = written;
  const { factory, size, accounts, types } = found;
  // A driver may work them out late, from the settings.
  const capabilities = { ...found.capabilities };
  const policy = policyOf(written, capabilities);
  const said = { name, kind, driver, settings, simulate, sizing, size, spares };
  return { ...said, types, labels, policy, capabilities, fileOnly: factory.fileOnly, accounts };
}

/** The driver of the pool; it counts even if it does not lend that kind, which is reported. */
function factoryOf(written: WrittenPool, { drivers }: PoolContext, report: Report): DriverFactory {
  const names = [...drivers.keys()].sort();
  const factory = drivers.get(written.driver);
  if (!factory) {
    report(['driver'], `must be one of ${names.join(', ')}${suggested(written.driver, names)}`);
    return wrong();
  }
  ifRight(() => {
    if (!factory.kinds.includes(written.kind))
      report(
        ['kind'],
        `must be one that the driver ${factory.name} lends: ${factory.kinds.join(', ')}`,
      );
  });
  return factory;
}

/**
 * The driver's capabilities with these settings. The settings themselves stay as written, so that
 * they can be parsed again at any time.
 */
function capabilitiesOf(
  written: WrittenPool,
  factory: DriverFactory,
  report: Report,
): Capabilities {
  const schema = strict(factory.settings);
  const settings = parsedParts(schema, written.settings ?? {}, ['settings'], report);
  return factory.capabilities(valueOf(settings));
}

/** Rejects unknown keys, even if the driver's schema would ignore them. */
function strict(settings: z.ZodType): z.ZodType {
  return settings instanceof z.ZodObject ? settings.strict() : settings;
}
