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
import { poolCopy, type PoolSpec } from '../../pools-file/spec';
import type { Engine } from '../engine';
import { importResource } from './import-resource';
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
  /** Names of accounts that must wait until another resource of that name is gone. */
  waiting: string[];
}

/**
 * Applies a pools file: only its differences from the copy that was loaded last. Each step may be
 * repeated after a crash; the copy is stored when all are done. It leaves out accounts that could
 * not be imported, so that they are tried again.
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
    waiting: left.filter(({ why }) => why === 'leaving').map(({ account }) => account),
  };
}

/**
 * Removals make room before sizes follow, and a pool has its types before their accounts are added.
 * Otherwise the driver would be asked to make accounts that the file lists, or the pool would drain
 * one that the file keeps.
 */
const ORDER: PoolsFileChange['change'][] = [
  'removeAccounts',
  'delete',
  'update',
  'resize',
  'create',
  'addAccounts',
];

/** An account of the file that is not in its pool. */
interface LeftOut {
  pool: string;
  account: string;
  why: 'leaving' | 'taken' | 'no_type';
}

const REASONS: Record<LeftOut['why'], string> = {
  leaving: 'the resource of that name is still being removed; the account is imported after that',
  taken: 'another resource has that name; choose a different one',
  no_type: 'an admin removed its type from the pool',
};

function warningOf({ pool, account, why }: LeftOut): string {
  return `The pools file's account ${account} of pool ${pool} was left out: ${REASONS[why]}.`;
}

/** The stored copy leaves out the accounts that were not imported. */
function without(copy: PoolCopy, left: LeftOut[]): PoolCopy {
  const missing = left.filter(({ pool }) => pool === copy.name).map(({ account }) => account);
  if (missing.length === 0) return copy;
  return {
    ...copy,
    size: Math.max(0, copy.size - missing.length),
    accounts: copy.accounts.filter((name) => !missing.includes(name)),
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
    case 'addAccounts':
      return importAccounts(engine, spec!, change.accounts);
    case 'removeAccounts':
      for (const name of change.accounts)
        if (await isIn(engine, change.name, name)) await new Resources(engine).delete(name);
      return [];
  }
}

/**
 * The types of a pool with accounts keep their present numbers, because the shares in the file also
 * count accounts that an admin deleted.
 */
function updated(
  pool: Pool,
  set: Partial<FileFields>,
  { capabilities, accounts }: PoolSpec,
): Partial<PoolFields> {
  const types = set.types && accounts.length > 0 ? { types: withNumbers(pool, set.types) } : {};
  return { ...set, ...types, ...(set.settings ? { capabilities } : {}) };
}

async function create(engine: Engine, pools: Pools, spec: PoolSpec): Promise<LeftOut[]> {
  const { accounts, fileOnly: _declared, ...fields } = spec;
  const known = await engine.store.read.pool(spec.name);
  // The file's own accounts fill the pool, so it must not have others made first.
  const size = accounts.length > 0 ? 0 : spec.size;
  if (!known) await pools.create({ ...fields, size, origin: 'file' }, NO_CONTEXT);
  return importAccounts(
    engine,
    spec,
    accounts.map(({ name }) => name),
  );
}

/**
 * Imports accounts and raises the size with each; those present already stay as they are. Returns
 * those that could not be imported.
 */
async function importAccounts(engine: Engine, spec: PoolSpec, names: string[]): Promise<LeftOut[]> {
  const left: LeftOut[] = [];
  for (const { name, type, username, password } of spec.accounts.filter((account) =>
    names.includes(account.name),
  )) {
    const outcome = await importResource(
      engine,
      {
        pool: spec.name,
        kind: spec.kind,
        type,
        name,
        secret: { username, password },
        details: { username },
      },
      'accounts',
    );
    // An account that left the file and came back before its last loan ended stays.
    if (outcome === 'present') await new Resources(engine).undrain(name);
    if (outcome === 'leaving' || outcome === 'taken' || outcome === 'no_type')
      left.push({ pool: spec.name, account: name, why: outcome });
  }
  return left;
}

async function isIn(engine: Engine, poolName: string, name: string): Promise<boolean> {
  const [pool, found] = await Promise.all([
    engine.store.read.pool(poolName),
    engine.store.read.resource(name),
  ]);
  return found !== null && found.resource.poolId === pool?.id;
}

/** How many of the file's accounts are in their pool and not about to leave it. */
async function listedIn(engine: Engine, { name, accounts }: PoolSpec): Promise<number> {
  let count = 0;
  for (const account of accounts) {
    if (
      (await isIn(engine, name, account.name)) &&
      (await engine.store.read.resource(account.name))?.resource.adminState !== 'draining'
    )
      count += 1;
  }
  return count;
}

/** The legacy section of the pools file that was applied last; empty without one. */
export async function legacySection({ store }: Engine): Promise<LegacyPools> {
  return JSON.parse((await store.metadata(LEGACY)) ?? '{}') as LegacyPools;
}
