import type { Engine } from '../engine';

interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** The most quarantined resources that are followed; of any more, nothing is logged. */
const MOST = 500;

/**
 * Logs each resource that is quarantined, also because its return has shown less than its pool asks
 * for: once when that begins, again for a new reason, and once when it is over. A retry that fails
 * for the same reason is not logged. After a start it logs all of them. Each call looks at the
 * present state.
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
      if (await isTriedAgain(store, name)) continue;
      told.delete(name);
      log.info({ resource: name }, 'the resource is not quarantined any more');
    }
  };
}

/**
 * Is it on its way out of quarantine, but not there yet? A return may show too little only at its
 * end, after many steps that succeed.
 */
async function isTriedAgain({ read }: Engine['store'], name: string): Promise<boolean> {
  const status = (await read.resource(name))?.resource.status;
  return status === 'dirty' || status === 'cleaning';
}
