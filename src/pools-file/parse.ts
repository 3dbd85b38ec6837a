import type { Kind } from '../domain/pools/pool';
import { sameJson } from '../domain/merge';
import { findUnstorable } from '../domain/unstorable';
import { poolSpec, type PoolContext } from './pool';
import { fieldError, firstProblem, type FieldPath } from './problem';
import { poolsFileSchema, type LegacyPools } from './schema';
import type { PoolSpec } from './spec';
import { parseText } from './text';

/** The context of a file; its name is for messages. */
export interface FileContext extends Omit<PoolContext, 'error'> {
  file: string;
}

/** A parsed and checked pools file. */
export interface PoolsFile {
  pools: PoolSpec[];
  /** The pools that each legacy API sees; those not named in the file are absent. */
  legacy: LegacyPools;
}

const LEGACY_KINDS: Record<keyof LegacyPools, Kind> = {
  acctpool: 'account',
  containers: 'container',
  vms: 'vm',
  tokens: 'token',
};

/**
 * Parses the text of a pools file. Errors: ConfigError that names the file and the field, and quotes
 * no value.
 */
export function parsePoolsFile(text: string, { file, drivers, env }: FileContext): PoolsFile {
  const error = (path: FieldPath, message: string) => fieldError(file, path, message);
  const written = parseText(text, file);
  const result = poolsFileSchema.safeParse(written);
  if (!result.success) throw firstProblem([], result.error, error);
  const unstorable = findUnstorable(written);
  if (unstorable) throw error(unstorable.path, unstorable.message);
  const pools = result.data.pools.map((written, position) =>
    poolSpec(written, ['pools', position], { drivers, env, error }),
  );
  checkNames(pools, file);
  checkAccountsOnce(pools, file);
  const legacy = result.data.legacy ?? {};
  checkLegacy(legacy, pools, file);
  return { pools, legacy };
}

function checkNames(pools: readonly PoolSpec[], file: string): void {
  pools.forEach((pool, index) => {
    const first = pools.findIndex((other) => other.name === pool.name);
    if (first !== index)
      throw fieldError(file, ['pools', index, 'name'], `is the same as that of pools[${first}]`);
  });
}

/** An account in two pools of the same back end would be lent to two holders. */
function checkAccountsOnce(pools: readonly PoolSpec[], file: string): void {
  pools.forEach((pool, index) => {
    const others = pools
      .slice(0, index)
      .filter((other) => other.driver === pool.driver && sameJson(other.settings, pool.settings));
    const taken = new Map(
      others.flatMap((other) =>
        other.accounts.map(({ username }) => [username, other.name] as const),
      ),
    );
    pool.accounts.forEach(({ username }, place) => {
      const holder = taken.get(username);
      if (holder !== undefined)
        throw fieldError(
          file,
          ['pools', index, 'accounts', place, 'username'],
          `is the same as that of an account of pool ${holder}`,
        );
    });
  });
}

function checkLegacy(legacy: LegacyPools, pools: readonly PoolSpec[], file: string): void {
  for (const api of Object.keys(LEGACY_KINDS) as (keyof LegacyPools)[]) {
    for (const name of [legacy[api] ?? []].flat()) {
      const pool = pools.find((candidate) => candidate.name === name);
      if (!pool)
        throw fieldError(
          file,
          ['legacy', api],
          `names the pool ${name}, which is not in this file`,
        );
      if (pool.kind !== LEGACY_KINDS[api])
        throw fieldError(
          file,
          ['legacy', api],
          `names the pool ${name}, which is not of kind ${LEGACY_KINDS[api]}`,
        );
    }
  }
}
