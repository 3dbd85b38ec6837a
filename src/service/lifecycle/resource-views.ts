import { notFound } from '../../domain/errors';
import type { Kind, Pool } from '../../domain/pools/pool';
import type { ResourceStatus } from '../../domain/lifecycle/resource';
import type { FoundResource, Page } from '../../store/reads';
import type { Engine } from '../engine';

/** A resource with the details of its kind and the fields of its list, its pool, and its holder. */
export interface ResourceView extends FoundResource {
  /** null if the pool was deleted meanwhile. */
  pool: Pool | null;
}

/** Filters for a list of resources. `pool` is a name; `label` is one of the pool's. */
export interface ResourceQuery {
  pool?: string;
  label?: { name: string; value: string };
  kind?: Kind;
  type?: string;
  status?: ResourceStatus;
}

/** Finds a resource by id or name. Errors: `not_found`. */
export async function findResource({ store }: Engine, idOrName: string): Promise<ResourceView> {
  const found = await store.read.resource(idOrName);
  if (!found) throw notFound('resource', idOrName);
  return withPool(found, byId(await store.read.pools()));
}

/**
 * Returns a page of the resources that match, in order of id. Errors: `not_found` for an unknown
 * pool.
 */
export async function listResources(
  { store }: Engine,
  { pool: name, label, ...rest }: ResourceQuery,
  page: Page,
): Promise<ResourceView[]> {
  const pools = await store.read.pools();
  const named = pools.find((pool) => pool.name === name);
  if (name !== undefined && !named) throw notFound('pool', name);
  const labelled = label && pools.filter(({ labels }) => labels[label.name] === label.value);
  const filter = { poolId: named?.id, poolIds: labelled?.map(({ id }) => id), ...rest };
  const poolsById = byId(pools);
  return (await store.read.resources(filter, page)).map((found) => withPool(found, poolsById));
}

function byId(pools: Pool[]): Map<string, Pool> {
  return new Map(pools.map((pool) => [pool.id, pool]));
}

function withPool(found: FoundResource, pools: Map<string, Pool>): ResourceView {
  const details = { ...found.details, ...found.resource.fields };
  return { ...found, details, pool: pools.get(found.resource.poolId) ?? null };
}
