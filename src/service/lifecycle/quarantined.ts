import type { Engine } from '../engine';

interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** The most quarantined resources that are followed; of any more, nothing is logged. */
const MOST = 500;

/**
 * Logs each resource that is quarantined: once when that begins, again for a new reason, and once
 * when it is over. After a start it logs all of them. Each call looks at the present state.
 */
export function tellerOfQuarantined({ store }: Pick<Engine, 'store'>, log: Log) {
  const told = new Map<string, string | null>();
  return async (): Promise<void> => {
    const some = (await store.read.counts()).some(({ status }) => status === 'quarantined');
    if (!some && told.size === 0) return;
    const page = { after: null, limit: MOST };
    const found = await store.read.resources({ status: 'quarantined' }, page);
    const pools = new Map((await store.read.pools()).map(({ id, name }) => [id, name]));
    for (const { resource } of found) {
      const { name, poolId, reason } = resource;
      if (told.has(name) && told.get(name) === reason) continue;
      told.set(name, reason);
      log.warn(
        { resource: name, pool: pools.get(poolId), reason },
        'the resource is quarantined; it is lent to nobody until it can be cleaned',
      );
    }
    const names = new Set(found.map(({ resource }) => resource.name));
    for (const name of [...told.keys()].filter((each) => !names.has(each))) {
      told.delete(name);
      log.info({ resource: name }, 'the resource is not quarantined any more');
    }
  };
}
