import { ConfigError } from '../config-error';
import { findUnstorable } from '../domain/unstorable';
import type { DriverFactory } from '../drivers/driver';
import { checkAccountsOnce, checkLegacy, checkNames, type PlacedPool } from './file-checks';
import { poolSpec } from './pool';
import { spelled } from '../domain/field';
import { checkResourcesOnce } from './resource-checks';
import type { ListContext } from './resources';
import { reportIssues, type FieldPath, type Report } from './problem';
import { fileShape, poolSchema, type LegacyPools } from './schema';
import type { Env, PoolSpec } from './spec';
import { parseText } from './text';

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
 * Parses the text of a pools file. Errors: ConfigError with a line for each problem, which names the
 * file, the line and the field, and quotes no value.
 */
export function parsePoolsFile(
  text: string,
  { file, drivers, env, directory = '' }: FileContext,
): PoolsFile {
  const { value, lineOf } = parseText(text, file);
  const problems: { line: number | undefined; text: string }[] = [];
  const report = (path: FieldPath, message: string) => {
    const line = lineOf(path);
    const where = line === undefined ? file : `${file}:${line}`;
    const parts = [where, spelled(path), message].filter((part) => part !== '');
    problems.push({ line, text: parts.join(': ') });
  };
  const parsed = checked(value, drivers, { env, directory }, report);
  if (problems.length === 0) return parsed;
  throw new ConfigError(
    problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).map((problem) => problem.text),
  );
}

/** The pools of the file that are right; problems are reported. */
function checked(
  value: unknown,
  drivers: FileContext['drivers'],
  list: ListContext,
  report: Report,
): PoolsFile {
  // First, because the checks below follow the file as deeply as it is nested.
  const unstorable = findUnstorable(value);
  if (unstorable) {
    report(unstorable.path, unstorable.message);
    return { pools: [], legacy: {} };
  }
  const shape = fileShape.safeParse(value);
  if (!shape.success) reportIssues([], shape.error, report);
  const written = listIn(value).map((pool) => poolSchema.safeParse(pool));
  const placed = written.map((pool, position): PlacedPool => {
    const at = ['pools', position];
    if (pool.success)
      return {
        at,
        name: pool.data.name,
        spec: poolSpec(pool.data, at, { drivers, ...list, report }),
      };
    reportIssues(at, pool.error, report);
    return { at, name: nameIn(listIn(value)[position]), spec: null };
  });
  checkNames(placed, report);
  checkAccountsOnce(placed, report);
  checkResourcesOnce(placed, report);
  const legacy = shape.data?.legacy ?? {};
  checkLegacy(legacy, placed, report);
  return { pools: placed.flatMap(({ spec }) => spec ?? []), legacy };
}

function listIn(value: unknown): unknown[] {
  const pools = (value as { pools?: unknown } | null)?.pools;
  return Array.isArray(pools) ? pools : [];
}

function nameIn(pool: unknown): unknown {
  return (pool as { name?: unknown } | null)?.name;
}
