import { sameJson } from '../domain/merge';
import type { Kind } from '../domain/pools/pool';
import { eachRight, ifRight, valueOf, type Part } from './partial';
import type { FieldPath, Report } from './problem';
import type { LegacyPools, WrittenPool } from './schema';
import type { AccountSpec, ListedSpec } from './spec';

/** A pool of the file at its place. `written` and `accounts` can be read as far as they are right. */
export interface PlacedPool {
  at: FieldPath;
  /** As it stands in the file, be it right or wrong. */
  name: unknown;
  written: Part<WrittenPool>;
  accounts: readonly AccountSpec[];
  /** Everything that it lists and that is right, accounts included. */
  listed: readonly ListedSpec[];
}

const LEGACY_KINDS: Record<keyof LegacyPools, Kind> = {
  acctpool: 'account',
  containers: 'container',
  vms: 'vm',
  tokens: 'token',
};

/** Checks that the names of pools are unique. */
export function checkNames(pools: readonly PlacedPool[], report: Report): void {
  pools.forEach(({ at, name }, index) => {
    const first = pools.findIndex((other) => other.name === name);
    if (first !== index && typeof name === 'string')
      report([...at, 'name'], `is the same as that of pools[${first}]`);
  });
}

/**
 * Checks that no account is in two pools: resources have unique names, and an account in two pools
 * of the same back end would be lent to two holders.
 */
export function checkAccountsOnce(pools: readonly PlacedPool[], report: Report): void {
  pools.forEach((pool, index) => {
    const others = pools.slice(0, index);
    checkAgainst(pool, 'name', others, report);
    checkAgainst(
      pool,
      'username',
      others.filter((other) => isSameBackEnd(pool, other)),
      report,
    );
  });
}

/** Checks that none of the others has an account with the same field. */
function checkAgainst(
  pool: PlacedPool,
  field: 'username' | 'name',
  others: readonly PlacedPool[],
  report: Report,
): void {
  const pools = poolsBy(others, field);
  eachRight(pool.accounts, (account, place) => {
    const same = pools.get(account[field]);
    if (same !== undefined)
      report(
        [...pool.at, 'accounts', place, field],
        `is the same as that of an account of pool ${same}`,
      );
  });
}

function isSameBackEnd(pool: PlacedPool, other: PlacedPool): boolean {
  const isSame = ifRight(() => {
    const [a, b] = [valueOf(pool.written), valueOf(other.written)];
    return a.driver === b.driver && sameJson(a.settings ?? {}, b.settings ?? {});
  });
  return isSame ?? false;
}

/** The pool of each account, by a field of the account. */
function poolsBy(pools: readonly PlacedPool[], field: 'username' | 'name'): Map<string, string> {
  const found = new Map<string, string>();
  for (const { accounts, name } of pools)
    eachRight(accounts, (account) => void found.set(account[field], String(name)));
  return found;
}

/** Checks that the legacy APIs see pools of this file that are of their kind. */
export function checkLegacy(
  legacy: LegacyPools,
  pools: readonly PlacedPool[],
  report: Report,
): void {
  for (const api of Object.keys(LEGACY_KINDS) as (keyof LegacyPools)[])
    ifRight(() => {
      const names = legacy[api] ?? [];
      eachRight(typeof names === 'string' ? [names] : names, (name) => {
        const pool = pools.find((candidate) => candidate.name === name);
        checkLegacyPool(api, pool, name, report);
      });
    });
}

function checkLegacyPool(
  api: keyof LegacyPools,
  pool: PlacedPool | undefined,
  name: string,
  report: Report,
): void {
  if (!pool) return report(['legacy', api], `names the pool ${name}, which is not in this file`);
  if (valueOf(pool.written).kind !== LEGACY_KINDS[api])
    report(['legacy', api], `names the pool ${name}, which is not of kind ${LEGACY_KINDS[api]}`);
}
