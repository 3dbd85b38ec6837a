import { z } from 'zod';
import type { Capabilities } from '../domain/lifecycle/operation';
import type { PoolType } from '../domain/pools/pool';
import type { DriverFactory } from '../drivers/driver';
import { accountsOf, typesOf } from './accounts';
import { checkPool, sizeOf } from './checks';
import { suggested } from './nearest';
import {
  fromParts,
  ifRight,
  mapRight,
  parsedParts,
  part,
  rightOf,
  valueOf,
  wrong,
} from './partial';
import { policyOf } from './policy';
import type { FieldPath, Report } from './problem';
import type { WrittenPool } from './schema';
import { checkResources, type ListingDriver } from './resource-checks';
import { asListed, resourcesOf, type ListContext } from './resources';
import type { AccountSpec, ListedSpec, PoolSpec } from './spec';

/** The context in which a pool is read. */
export interface PoolContext extends ListContext {
  /** Notes a problem of a field, by its path from the root. */
  report: Report;
  /** Driver factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
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

/** A pool of the file as far as it is right. */
interface ReadPool {
  /** Null if anything is wrong. */
  spec: PoolSpec | null;
  accounts: AccountSpec[];
  /** Everything listed that is right, accounts included. */
  listed: ListedSpec[];
}

/** Reads a pool as `poolSpec` does; `accounts` can be read as far as they are right. */
export function readPool(written: WrittenPool, base: FieldPath, context: PoolContext): ReadPool {
  let isRight = true;
  const report: Report = (path, message) => {
    isRight = false;
    context.report([...base, ...path], message);
  };
  const factory = part(() => factoryOf(written, context, report));
  const settings = part(() => settingsOf(written, valueOf(factory), report));
  const capabilities = part(() => valueOf(factory).capabilities(valueOf(settings)));
  const size = part(() => sizeOf(written, report));
  checkPool(written, fromParts({ capabilities, size }), report);
  const accounts = ifRight(() => accountsOf(written, context.env, report)) ?? [];
  const seats = ifRight(() => resourcesOf(written, context, report)) ?? [];
  const entries = [mapRight(accounts, asListed), ...rightOf(seats)];
  const listed = entries.flatMap(rightOf);
  const rules = part(() => valueOf(factory).listing?.(valueOf(settings)) ?? {});
  checkResources(written, listed, fromParts<ListingDriver>({ capabilities, rules }), report);
  // Counts everything listed: a wrong entry, whose type is unknown, ends it.
  const types = part(() => typesOf(written, [...accounts, ...seats.flat()], report));
  const found = { factory, capabilities, size, accounts: { value: accounts }, types };
  const spec = isRight ? ifRight(() => specOf(written, fromParts<Found>(found), listed)) : null;
  return { spec: spec ?? null, accounts, listed };
}

/** Found out about a pool besides its text. */
interface Found {
  factory: DriverFactory;
  capabilities: Capabilities;
  size: number;
  accounts: AccountSpec[];
  types: PoolType[];
}

function specOf(written: WrittenPool, found: Found, listed: ListedSpec[]): PoolSpec {
  const { name, kind, driver, settings = {}, simulate = false } = written;
  const { sizing = 'managed', spares = 0, labels = {} } = written;
  const { factory, size, accounts, types } = found;
  // A driver may work them out late, from the settings.
  const capabilities = { ...found.capabilities };
  const policy = policyOf(written, capabilities);
  const said = { name, kind, driver, settings, simulate, sizing, size, spares };
  const { fileOnly } = factory;
  return { ...said, types, labels, policy, capabilities, fileOnly, accounts, listed };
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
 * The settings as the driver reads them, as far as they are right. The pool keeps them as written, so
 * that they can be parsed again at any time.
 */
function settingsOf(written: WrittenPool, factory: DriverFactory, report: Report): unknown {
  const schema = strict(factory.settings);
  return valueOf(parsedParts(schema, written.settings ?? {}, ['settings'], report));
}

/** Rejects unknown keys, even if the driver's schema would ignore them. */
function strict(settings: z.ZodType): z.ZodType {
  return settings instanceof z.ZodObject ? settings.strict() : settings;
}
