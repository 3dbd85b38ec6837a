import { nothing, type Change, type DetailFields } from '../domain/change';
import { DomainError } from '../domain/errors';
import { createResource, newResource, resized } from '../domain/sizing';
import type { CredentialSecret } from '../drivers/driver';
import { momentOf, places, type Engine } from './engine';

/** Something that exists outside and is to be lent from now on. */
export interface ExistingThing {
  pool: string;
  /** undefined: the pool's first. */
  type: string | undefined;
  /** undefined: the next free one. */
  number?: number;
  /** null: `<pool>-<number>`. */
  name: string | null;
  /** Its standing credential, or null. */
  secret: CredentialSecret | null;
  details: DetailFields;
}

/**
 * Brings a thing into its pool, its credential sealed, and the size of a managed pool up with it; the pool's driver is
 * to adopt it. False if one of that name, or that token, is there already. Errors: `invalid` with the field below `at`.
 */
export async function importResource(engine: Engine, thing: ExistingThing, at: string): Promise<boolean> {
  const { store, sealer, newId } = engine;
  const { name, secret, details } = thing;
  if (name !== null && (await store.read.resource(name))) return false;
  if (typeof details.valueHash === 'string' && (await store.read.lentToken(details.valueHash))) return false;
  if (thing.number !== undefined && (await isTaken(engine, thing.pool, thing.number))) throw new DomainError('conflict', `Number ${thing.number} is taken in pool ${thing.pool}.`, `${at}.number`);
  return store.transact({ load: 'pool', name: thing.pool, once: null }, (snapshot, now) => {
    const { pool, lines, highest } = snapshot;
    if (!pool) return nothing(false);
    const line = lines.find((entry) => entry.type === (thing.type ?? pool.types[0]!.name));
    if (!line) throw new DomainError('invalid', `Pool ${pool.name} has no type ${thing.type}.`, `${at}.type`);
    const resource = newResource(pool, line, thing.number ?? highest + 1, momentOf(engine, now), name ?? undefined);
    const id = newId();
    const changes: Change[] = [...createResource(resource), { do: 'setDetails', resourceId: resource.id, kind: resource.kind, details }];
    if (secret) {
      const sealed = sealer.seal(places.credential(id), JSON.stringify(secret));
      changes.push({ do: 'putCredential', credential: { id, resourceId: resource.id, state: 'current', sealed, createdAt: now } });
    }
    if (pool.sizing === 'managed') changes.push({ do: 'setPool', id: pool.id, set: { ...resized(pool, line.type, 1), version: pool.version + 1 } });
    return { changes, value: true };
  });
}

async function isTaken({ store }: Engine, poolName: string, number: number): Promise<boolean> {
  const pool = await store.read.pool(poolName);
  return pool !== null && (await store.read.resourceByNumber(pool.id, number)) !== null;
}
