import { ConfigError, type Problem } from '../config-error';
import { spelled } from '../domain/field';
import type { DriverFactory } from '../drivers/driver';
import { checkAccountsOnce, checkLegacy, checkNames, type PlacedPool } from './file-checks';
import { ifRight, parsedParts, valueOf } from './partial';
import { checkResourcesOnce } from './resource-checks';
import { readPool } from './pool';
import type { FieldPath, Report } from './problem';
import { fileShape, poolSchema, type LegacyPools } from './schema';
import type { Env, PoolSpec } from './spec';
import { parseText } from './text';
import { isUnreadable, withoutUnstorable } from './unreadable';

/** The context of a file; its name is for messages. */
export interface FileContext {
  file: string;
  /** Driver factories by name. */
  drivers: ReadonlyMap<string, DriverFactory>;
  env: Env;
  /** The directory of the file; that of the process by default. */
  directory?: string;
}

/** A parsed and checked pools file. */
export interface PoolsFile {
  pools: PoolSpec[];
  /** The pools that each legacy API sees; those not named in the file are absent. */
  legacy: LegacyPools;
}

/**
 * Parses the text of a pools file. Errors: ConfigError with every problem, which names the file, the
 * line and the field, and quotes no value.
 */
export function parsePoolsFile(
  text: string,
  { file, drivers, env, directory = '' }: FileContext,
): PoolsFile {
  const { value, problems, lineOf } = parseText(text);
  const found: Problem[] = problems.map((problem) => ({ file, ...problem }));
  const report: Report = (path, message) =>
    found.push({ file, line: lineOf(path) ?? 1, field: spelled(path), message });
  const parsed = value === undefined ? null : checked(value, { drivers, env, directory, report });
  if (parsed === null || found.length > 0) throw new ConfigError(found);
  return parsed;
}

type Context = Required<Omit<FileContext, 'file'>> & { report: Report };

/** The pools of the file that are right; problems are reported, whatever else is wrong. */
function checked(text: unknown, context: Context): PoolsFile {
  // First, because the checks below follow the file as deeply as it is nested.
  const value = withoutUnstorable(text, context.report);
  const report: Report = (path, message) => {
    if (!isUnreadable(value, path)) context.report(path, message);
  };
  if (value === null) report(['pools'], 'is missing; the file is empty');
  const shape = value === null ? undefined : parsedParts(fileShape, value, [], report);
  const read = listIn(value).map((pool, position) =>
    readPlaced(pool, ['pools', position], { ...context, report }),
  );
  const placed = read.map((pool) => pool.placed);
  checkNames(placed, report);
  checkAccountsOnce(placed, report);
  checkResourcesOnce(placed, report);
  const legacy = ifRight(() => valueOf(shape).legacy) ?? {};
  checkLegacy(legacy, placed, report);
  return { pools: read.flatMap(({ spec }) => spec ?? []), legacy };
}

interface ReadPool {
  placed: PlacedPool;
  /** Null if the pool is wrong. */
  spec: PoolSpec | null;
}

function readPlaced(pool: unknown, at: FieldPath, context: Context): ReadPool {
  const name = (pool as { name?: unknown } | null)?.name;
  const written = parsedParts(poolSchema, pool, at, context.report);
  if (!written) return { placed: { at, name, written, accounts: [], listed: [] }, spec: null };
  const { spec, ...lists } = readPool(written.value, at, context);
  return { placed: { at, name, written, ...lists }, spec };
}

function listIn(value: unknown): unknown[] {
  const pools = (value as { pools?: unknown } | null)?.pools;
  return Array.isArray(pools) ? pools : [];
}
