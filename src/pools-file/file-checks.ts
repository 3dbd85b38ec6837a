import { sameJson } from '../domain/merge';
import type { Kind } from '../domain/pools/pool';
import type { FieldPath, Report } from './problem';
import type { LegacyPools } from './schema';
import type { PoolSpec } from './spec';

/** A pool of the file at its place; `spec` is null if the pool itself is wrong. */
export interface PlacedPool {
  at: FieldPath;
  name: unknown;
  spec: PoolSpec | null;
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
  pools.forEach(({ at, spec }, index) => {
    const others = pools.slice(0, index).flatMap((other) => other.spec ?? []);
    const sameBackEnd = others.filter(
      (other) => other.driver === spec?.driver && sameJson(other.settings, spec.settings),
    );
    const users = poolsBy(sameBackEnd, 'username');
    const names = poolsBy(others, 'name');
    spec?.accounts.forEach(({ username, name }, place) => {
      const same = (field: string, pool: string) =>
        report(
          [...at, 'accounts', place, field],
          `is the same as that of an account of pool ${pool}`,
        );
      if (users.has(username)) same('username', users.get(username)!);
      if (names.has(name)) same('name', names.get(name)!);
    });
  });
}

/** The pool of each account, by a field of the account. */
function poolsBy(pools: readonly PoolSpec[], field: 'username' | 'name'): Map<string, string> {
  return new Map(
    pools.flatMap((pool) => pool.accounts.map((account) => [account[field], pool.name] as const)),
  );
}

/** Checks that the legacy APIs see pools of this file that are of their kind. */
export function checkLegacy(
  legacy: LegacyPools,
  pools: readonly PlacedPool[],
  report: Report,
): void {
  for (const api of Object.keys(LEGACY_KINDS) as (keyof LegacyPools)[]) {
    for (const name of [legacy[api] ?? []].flat()) {
      const pool = pools.find((candidate) => candidate.name === name);
      if (!pool) report(['legacy', api], `names the pool ${name}, which is not in this file`);
      else if (pool.spec && pool.spec.kind !== LEGACY_KINDS[api])
        report(
          ['legacy', api],
          `names the pool ${name}, which is not of kind ${LEGACY_KINDS[api]}`,
        );
    }
  }
}
