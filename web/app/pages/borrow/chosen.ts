import { inWords } from '../../parts/duration';
import { holdfast, type Schemas } from '../../server/client';
import { overview, type PoolOverview } from '../../server/overview';
import { useRead } from '../../server/query';
import { pairsOf, type Draft, type ItemDraft } from './draft';

export type Pool = Schemas['Pool'];

/** Every pool, with its terms. */
export function usePools() {
  return useRead(
    'pools',
    async (signal) =>
      (await holdfast.pools.list({ limit: 1_000, signal }).all()).filter((pool) => !pool.deleting),
    (change) => 'types' in change && change.types.some((type) => type.startsWith('pool.')),
  );
}

/** A pool as it is now, if that is known. */
export function nowOf(name: string): PoolOverview | undefined {
  return overview.value?.pools.find((pool) => pool.name === name);
}

/** The pools from which an item may be served, as far as they are known. */
export function poolsOf(item: ItemDraft, pools: readonly Pool[]): readonly Pool[] {
  if (item.by === 'pool') return pools.filter(({ name }) => item.pool.split(',').includes(name));
  if (item.by === 'kind') {
    const wanted = Object.entries(pairsOf(item.labels));
    return pools.filter(
      ({ kind, labels }) =>
        kind === item.kind && wanted.every(([name, value]) => labels[name] === value),
    );
  }
  const named = item.resource.trim();
  const home = overview.value?.pools.find((pool) =>
    pool.resources?.some(({ id, name }) => id === named || name === named),
  );
  return pools.filter(({ name }) => name === home?.name);
}

/** The terms of all chosen pools together: the strictest of each, in seconds; null: none. */
export interface Terms {
  pools: readonly Pool[];
  default: number | null;
  maximum: number | null;
  openEnded: boolean;
  heartbeat: number | null;
  opensAccess: boolean;
  accessByKey: boolean;
}

/** Gives the terms under which the items of the form are lent. */
export function termsOf({ items }: Pick<Draft, 'items'>, all: readonly Pool[]): Terms {
  const pools = [...new Set(items.flatMap((item) => poolsOf(item, all)))];
  const opening = pools.filter(({ capabilities }) => capabilities.opensAccess);
  return {
    pools,
    default: least(pools.map(({ lease }) => lease.default)),
    maximum: least(pools.map(({ lease }) => lease.maximum)),
    openEnded: pools.length > 0 && pools.every(({ lease }) => lease.openEnded),
    heartbeat: least(pools.map(({ lease }) => lease.heartbeat)),
    opensAccess: opening.length > 0,
    accessByKey:
      opening.length > 0 && opening.every(({ capabilities }) => capabilities.accessByKey),
  };
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** How long is lent, in words. */
export function wordsOfTerms({ pools, default: standard, maximum, openEnded }: Terms): string {
  if (pools.length === 0) return '';
  const words = [
    standard === null ? 'By default without an end' : `By default ${inWords(standard * 1_000)}`,
    maximum === null ? 'no maximum' : `at most ${inWords(maximum * 1_000)}`,
    ...(openEnded && standard !== null ? ['also without an end'] : []),
  ];
  return `${words.join(', ')}.`;
}
