import { addExisting, type ExistingResource, type Imported } from '../../domain/pools/existing';
import { nameOf } from '../../domain/pools/new-resource';
import type { DetailFields } from '../../domain/change';
import type { Kind } from '../../domain/pools/pool';
import type { CredentialSecret } from '../../drivers/driver';
import { contextOf, aad, type Engine } from '../engine';
import { foundBy } from '../lifecycle/token-value';

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
  const owner =
    typeof details.valueHash === 'string' ? await store.read.lentToken(details.valueHash) : null;
  if (owner !== null && !thing.listed) return 'present';
  const name =
    thing.name ?? (number === undefined ? undefined : nameOf({ name: thing.pool }, number));
  const known = thing.name === null ? null : await store.read.resource(thing.name);
  // A list names its tokens, so one that another resource has is not this one.
  if (owner !== null && owner !== known?.resource.id) return 'taken';
  const numberIsTaken = number !== undefined && (await isTaken(engine, thing.pool, number));
  const id = newId();
  const credential = secret && {
    id,
    sealed: sealer.seal(aad.credential(id), JSON.stringify(secret)),
  };
  const names = name === undefined ? [] : [name];
  return store.transact({ load: 'pool', name: thing.pool, resources: names }, (facts, now) =>
    addExisting(
      {
        ...facts,
        sameNamed: facts.sameNamed[0] ?? null,
        numberIsTaken,
        knownDetails: known?.details ?? {},
      },
      { thing, name, credential, at },
      contextOf(engine, now),
    ),
  );
}

async function isTaken({ store }: Engine, poolName: string, number: number): Promise<boolean> {
  const pool = await store.read.pool(poolName);
  return pool !== null && (await store.read.resourceByNumber(pool.id, number)) !== null;
}

/** The details of a resource that follow from its secret. Errors: none. */
export function detailsOf(kind: Kind, secret: CredentialSecret): DetailFields {
  const { username } = secret;
  // Requests of one legacy API name an account by its username, which lists hide.
  if (kind === 'account' && username !== undefined) return { username };
  return foundBy(kind, secret) ?? {};
}
