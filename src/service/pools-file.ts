import { comparePools, type PoolCopy, type PoolsFileChange } from '../domain/pools-file';
import type { PoolsFile } from '../pools/parse';
import { poolCopy, type PoolSpec } from '../pools/spec';
import type { Engine } from './engine';
import { importResource } from './import-resource';
import { Pools } from './pools';
import { Resources } from './resources';

const COPY = 'pools_file';
const LEGACY = 'legacy_pools';
const NO_CONTEXT = { requestId: null, once: null };

/**
 * Applies a pools file: only what differs from the copy that was loaded last. Each step may be done again after a
 * crash; the copy is kept when all are done. Gives warnings, in sentences, about what was not done.
 */
export async function applyPoolsFile(engine: Engine, file: PoolsFile): Promise<string[]> {
  const previous = JSON.parse((await engine.store.fact(COPY)) ?? '[]') as PoolCopy[];
  const current = await engine.store.read.pools();
  const { changes, warnings, loaded } = comparePools({ previous, next: file.pools.map(poolCopy), current });
  const specs = new Map(file.pools.map((spec) => [spec.name, spec]));
  // Accounts come and go before the size follows: else the driver would be asked to make what the file lists, or the
  // pool would drain one that the file keeps.
  const isOfAccounts = ({ change }: PoolsFileChange) => Number(change === 'addAccounts' || change === 'removeAccounts');
  const inOrder = [...changes].sort((a, b) => isOfAccounts(b) - isOfAccounts(a));
  for (const change of inOrder) await applyChange(engine, change, specs.get(change.name));
  await engine.store.setFact(LEGACY, JSON.stringify(file.legacy));
  await engine.store.setFact(COPY, JSON.stringify(loaded));
  return warnings;
}

async function applyChange(engine: Engine, change: PoolsFileChange, spec: PoolSpec | undefined): Promise<void> {
  const pools = new Pools(engine);
  switch (change.change) {
    case 'create':
      return create(engine, pools, spec!);
    case 'update': {
      const capabilities = change.set.settings ? { capabilities: spec!.capabilities } : {};
      return pools.change(change.name, { ...change.set, ...capabilities }, null, 'file');
    }
    case 'delete':
      if (await engine.store.read.pool(change.name)) await pools.delete(change.name, null);
      return;
    case 'addAccounts':
      return importAccounts(engine, spec!, change.accounts);
    case 'removeAccounts':
      for (const name of change.accounts) {
        if (await engine.store.read.resource(name)) await new Resources(engine).setAdminState(name, 'draining', null);
      }
  }
}

async function create(engine: Engine, pools: Pools, spec: PoolSpec): Promise<void> {
  const { accounts, ...fields } = spec;
  const known = await engine.store.read.pool(spec.name);
  // With accounts of its own the pool is filled by them, and must not make others first.
  const size = accounts.length > 0 ? 0 : spec.size;
  if (!known) await pools.create({ ...fields, size, origin: 'file' }, NO_CONTEXT);
  if (accounts.length === 0) return;
  await importAccounts(engine, spec, accounts.map(({ name }) => name));
}

/** Brings accounts in, and the size with them; those there already stay as they are. */
async function importAccounts(engine: Engine, spec: PoolSpec, names: string[]): Promise<void> {
  for (const { name, type, username, password } of spec.accounts.filter((account) => names.includes(account.name))) {
    await keepIfDraining(engine, name);
    await importResource(engine, { pool: spec.name, type, name, secret: { username, password }, details: { username } }, 'accounts');
  }
}

/** One that was taken out of the file and is back before its last loan has ended stays. */
async function keepIfDraining(engine: Engine, name: string): Promise<void> {
  const there = await engine.store.read.resource(name);
  const drains = there?.resource.status === 'allocated' && there.resource.adminState === 'draining';
  if (drains) await new Resources(engine).setAdminState(name, 'in_service', 'draining');
}

/** Has a pools file, or the example, ever been applied to this database? */
export async function hasLoadedPools(engine: Engine): Promise<boolean> {
  return (await engine.store.fact(COPY)) !== null;
}

/** The pools that each seed API sees. */
export interface LegacyPools {
  /** null: every account pool. */
  acctpool: string[] | null;
  containers: string[];
  vms: string;
  tokens: string;
}

/** What the pools file says of the seed APIs, or the pools of the built-in example. */
export async function legacyPools(engine: Engine): Promise<LegacyPools> {
  const written = JSON.parse((await engine.store.fact(LEGACY)) ?? '{}') as Partial<LegacyPools>;
  return { acctpool: null, containers: ['alpine'], vms: 'vms', tokens: 'tokens', ...written };
}
