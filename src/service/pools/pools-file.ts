import type { Pool } from '../../domain/pools/pool';
import type { PoolFields } from '../../domain/pools/pool-changes';
import {
  comparePools,
  type FileFields,
  type PoolCopy,
  type PoolsFileChange,
} from '../../domain/pools/pools-file';
import { withNumbers } from '../../domain/pools/sizing';
import type { PoolsFile } from '../../pools-file/parse';
import type { LegacyPools } from '../../pools-file/schema';
import { poolCopy, type ListedSpec, type PoolSpec } from '../../pools-file/spec';
import type { Engine } from '../engine';
import { detailsOf, importResource, type ResourceWithSecret } from './import-resource';
import { COPY, loadedPools } from './loaded-pools';
import { PoolSizes } from './pool-sizes';
import { Pools } from './pools';
import { Resources } from '../lifecycle/resources';

const LEGACY = 'legacy_pools';
const NO_CONTEXT = { requestId: null, idempotencyKey: null };

/** The result of applying a file. */
export interface Applied {
  /** The parts of the file that were not applied, in sentences for the log. */
  warnings: string[];
  /** Names of listed resources that must wait until another resource of that name is gone. */
  waiting: string[];
}

/**
 * Applies a pools file: only its differences from the copy that was loaded last. Each step may be
 * repeated after a crash; the copy is stored when all are done. It leaves out listed resources
 * that could not be imported, so that they are tried again.
 */
export async function applyPoolsFile(engine: Engine, file: PoolsFile): Promise<Applied> {
  const previous = await loadedPools(engine);
  const current = await engine.store.read.pools();
  const { changes, warnings, loaded } = comparePools({
    previous,
    next: file.pools.map(poolCopy),
    current,
    fileOnly: new Map(file.pools.map(({ name, fileOnly }) => [name, fileOnly])),
  });
  const specs = new Map(file.pools.map((spec) => [spec.name, spec]));
  const left: LeftOut[] = [];
  const inOrder = [...changes].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
  for (const change of inOrder)
    left.push(...(await applyChange(engine, change, specs.get(change.name))));
  await engine.store.setMetadata(LEGACY, JSON.stringify(file.legacy));
  await engine.store.setMetadata(COPY, JSON.stringify(loaded.map((copy) => without(copy, left))));
  return {
    warnings: [...warnings, ...left.map(warningOf)],
    waiting: left.filter(({ why }) => why === 'leaving').map(({ name }) => name),
  };
}

/**
 * Removals make room before sizes follow, and a pool has its types before its list is imported.
 * Otherwise the driver would be asked to make resources that the file lists, or the pool would drain
 * one that the file keeps.
 */
const ORDER: PoolsFileChange['change'][] = [
  'removeListed',
  'delete',
  'update',
  'resize',
  'create',
  'addListed',
  'setFields',
];

/** A listed resource of the file that is not in its pool. */
interface LeftOut {
  pool: string;
  name: string;
  /** The list that has it. */
  list: 'account' | 'resource';
  why: 'leaving' | 'taken' | 'no_type' | 'no_seats';
}

const REASONS: Record<LeftOut['why'], string> = {
  leaving: 'the resource of that name is still being removed; it is imported after that',
  taken: 'another resource has that name; choose a different one',
  no_type: 'an admin removed its type from the pool',
  no_seats: 'with the settings that an admin gave the pool, seats would not be safe',
};

function warningOf({ pool, list, name, why }: LeftOut): string {
  return `The pools file's ${list} ${name} of pool ${pool} was left out: ${REASONS[why]}.`;
}

/** The stored copy leaves out the listed resources that were not imported. */
function without(copy: PoolCopy, left: LeftOut[]): PoolCopy {
  const missing = left.filter(({ pool }) => pool === copy.name).map(({ name }) => name);
  if (missing.length === 0) return copy;
  return {
    ...copy,
    size: Math.max(0, copy.size - missing.length),
    listed: copy.listed.filter(({ name }) => !missing.includes(name)),
  };
}

async function applyChange(
  engine: Engine,
  change: PoolsFileChange,
  spec: PoolSpec | undefined,
): Promise<LeftOut[]> {
  const pools = new Pools(engine);
  switch (change.change) {
    case 'create':
      return create(engine, pools, spec!);
    case 'update':
      await pools.change(change.name, (pool) => updated(pool, change.set, spec!), null, 'file');
      return [];
    case 'resize': {
      const there = await listedIn(engine, spec!);
      await pools.change(change.name, { size: there + change.more }, null, 'file');
      // Shrink before accounts come in: else one of them could be drained in place of another.
      await new PoolSizes(engine).settle();
      return [];
    }
    case 'delete':
      if (await engine.store.read.pool(change.name)) await pools.delete(change.name, null);
      return [];
    case 'addListed':
      return importListed(engine, spec!, change.names);
    case 'setFields':
      for (const { name, fields } of change.listed)
        if (await isIn(engine, change.name, name))
          await new Resources(engine).setFields(name, fields);
      return [];
    case 'removeListed':
      for (const name of change.names)
        if (await isIn(engine, change.name, name)) await new Resources(engine).delete(name);
      return [];
  }
}

/**
 * The types of a pool with a list keep their present numbers, because the shares in the file also
 * count resources that an admin deleted.
 */
function updated(
  pool: Pool,
  set: Partial<FileFields>,
  { capabilities, listed }: PoolSpec,
): Partial<PoolFields> {
  const types = set.types && listed.length > 0 ? { types: withNumbers(pool, set.types) } : {};
  return { ...set, ...types, ...(set.settings ? { capabilities } : {}) };
}

async function create(engine: Engine, pools: Pools, spec: PoolSpec): Promise<LeftOut[]> {
  const { accounts: _accounts, listed, fileOnly: _declared, ...fields } = spec;
  const known = await engine.store.read.pool(spec.name);
  // The file's own list fills the pool, so it must not have others made first.
  const size = listed.length > 0 ? 0 : spec.size;
  if (!known) await pools.create({ ...fields, size, origin: 'file' }, NO_CONTEXT);
  return importListed(
    engine,
    spec,
    listed.map(({ name }) => name),
  );
}

/**
 * Imports listed resources and raises the size with each; those present already get the fields that
 * they have now, and keep their credentials. Returns those that could not be imported.
 */
async function importListed(engine: Engine, spec: PoolSpec, names: string[]): Promise<LeftOut[]> {
  const left: LeftOut[] = [];
  for (const listed of spec.listed.filter(({ name }) => names.includes(name))) {
    const { name, fields, at } = listed;
    const outcome = await importResource(engine, existingOf(spec, listed), 'resources');
    const resources = new Resources(engine);
    // One that left the file and came back before its last loan ended stays.
    if (outcome === 'present') await resources.undrain(name);
    if (outcome === 'present') await resources.setFields(name, fields);
    else if (outcome !== 'imported' && outcome !== 'no_pool')
      left.push({
        pool: spec.name,
        name,
        list: at[0] === 'accounts' ? 'account' : 'resource',
        why: outcome,
      });
  }
  return left;
}

function existingOf(
  { name: pool, kind }: PoolSpec,
  { name, type, fields, seatOf, secrets }: ListedSpec,
): ResourceWithSecret {
  const secret = Object.keys(secrets).length > 0 ? secrets : null;
  const details = secret ? detailsOf(kind, secret) : {};
  return { pool, kind, type, name, secret, details, listed: { fields, seatOf } };
}

async function isIn(engine: Engine, poolName: string, name: string): Promise<boolean> {
  const [pool, found] = await Promise.all([
    engine.store.read.pool(poolName),
    engine.store.read.resource(name),
  ]);
  return found !== null && found.resource.poolId === pool?.id;
}

/** How many of the file's listed resources are in their pool and not about to leave it. */
async function listedIn(engine: Engine, { name, listed }: PoolSpec): Promise<number> {
  let count = 0;
  for (const each of listed) {
    if (
      (await isIn(engine, name, each.name)) &&
      (await engine.store.read.resource(each.name))?.resource.adminState !== 'draining'
    )
      count += 1;
  }
  return count;
}

/** The legacy section of the pools file that was applied last; empty without one. */
export async function legacySection({ store }: Engine): Promise<LegacyPools> {
  return JSON.parse((await store.metadata(LEGACY)) ?? '{}') as LegacyPools;
}
