import { addExisting, type ExistingResource, type Imported } from '../../domain/pools/existing';
import { nameOf } from '../../domain/pools/new-resource';
import type { CredentialSecret } from '../../drivers/driver';
import { contextOf, aad, type Engine } from '../engine';

export type { Imported };

/** A resource to import, with the credential that opens it already, or null. */
export interface ResourceWithSecret extends ExistingResource {
  secret: CredentialSecret | null;
}

/**
 * Adds an existing resource to its pool, seals its credential, and raises the size of a managed
 * pool by one; the pool's driver then adopts it. Errors: `invalid`, `unsupported` (a
 * pool that is simulated, and not meant to be) and `conflict` with the field below `at`.
 */
export async function importResource(
  engine: Engine,
  { secret, ...thing }: ResourceWithSecret,
  at: string,
): Promise<Imported> {
  const { store, sealer, newId } = engine;
  const { details, number } = thing;
  if (typeof details.valueHash === 'string' && (await store.read.lentToken(details.valueHash)))
    return 'present';
  const name =
    thing.name ?? (number === undefined ? undefined : nameOf({ name: thing.pool }, number));
  const known = thing.name === null ? null : await store.read.resource(thing.name);
  const numberIsTaken = number !== undefined && (await isTaken(engine, thing.pool, number));
  const id = newId();
  const credential = secret && {
    id,
    sealed: sealer.seal(aad.credential(id), JSON.stringify(secret)),
  };
  return store.transact({ load: 'pool', name: thing.pool, resource: name }, (facts, now) =>
    addExisting(
      { ...facts, numberIsTaken, knownDetails: known?.details ?? {} },
      { thing, name, credential, at },
      contextOf(engine, now),
    ),
  );
}

async function isTaken({ store }: Engine, poolName: string, number: number): Promise<boolean> {
  const pool = await store.read.pool(poolName);
  return pool !== null && (await store.read.resourceByNumber(pool.id, number)) !== null;
}
