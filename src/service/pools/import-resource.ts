import { isGoing } from '../../domain/lifecycle/admin';
import { nothing, type Change, type DetailFields } from '../../domain/change';
import { DomainError } from '../../domain/errors';
import type { Kind, Pool } from '../../domain/pools/pool';
import type { Resource } from '../../domain/lifecycle/resource';
import { classOf, withOneMoreOrLess } from '../../domain/pools/sizing';
import { createResource, nameOf, newResource } from '../../domain/pools/new-resource';
import { requireSimulationMeant } from '../../domain/pools/simulation';
import type { CredentialSecret } from '../../drivers/driver';
import { contextOf, aad, type Engine } from '../engine';

/** A resource that exists already and is to be lent from now on. */
export interface ExistingResource {
  pool: string;
  /** The kind of the resource; its pool must be of the same kind. */
  kind: Kind;
  /** undefined: the pool's first type. */
  type: string | undefined;
  /** undefined: the next free number. */
  number?: number;
  /** null: `<pool>-<number>`. */
  name: string | null;
  /** The credential that opens it already, or null. */
  secret: CredentialSecret | null;
  details: DetailFields;
}

/**
 * The outcome of an import. `present`: the resource, or that token, is in the pool already.
 * `leaving`: the resource of that name is still being removed. `taken`: another resource has the
 * name. `no_pool`: there is no such pool, or it is being deleted. `no_type`: the pool has no such
 * type.
 */
export type Imported = 'imported' | 'present' | 'leaving' | 'taken' | 'no_pool' | 'no_type';

/**
 * Adds an existing resource to its pool, seals its credential, and raises the size of a managed
 * pool by one; the pool's driver then adopts it. Errors: `invalid`, `unsupported` (a
 * pool that is simulated, and not meant to be) and `conflict` with the field below `at`.
 */
export async function importResource(
  engine: Engine,
  thing: ExistingResource,
  at: string,
): Promise<Imported> {
  const { store, sealer, newId } = engine;
  const { secret, details, number } = thing;
  if (typeof details.valueHash === 'string' && (await store.read.lentToken(details.valueHash)))
    return 'present';
  const name =
    thing.name ?? (number === undefined ? undefined : nameOf({ name: thing.pool }, number));
  const known = thing.name === null ? null : await store.read.resource(thing.name);
  const numberIsTaken = number !== undefined && (await isTaken(engine, thing.pool, number));
  return store.transact({ load: 'pool', name: thing.pool, resource: name }, (snapshot, now) => {
    const { pool, classes, next, sameNamed } = snapshot;
    if (!pool || pool.deletingAt !== null) return nothing('no_pool');
    if (pool.kind !== thing.kind)
      throw new DomainError('invalid', `Pool ${pool.name} is of kind ${pool.kind}.`, `${at}.pool`);
    requireSimulationMeant(pool, `${at}.pool`);
    if (sameNamed && thing.name !== null)
      return nothing(metAs(sameNamed, pool, thing, known?.details ?? {}));
    if (sameNamed || numberIsTaken)
      throw new DomainError(
        'conflict',
        `Number ${number} is taken in pool ${thing.pool}.`,
        `${at}.number`,
      );
    const resourceClass = classOf(pool, classes, thing.type);
    if (!resourceClass) return nothing('no_type');
    const resource = newResource(pool, resourceClass, number ?? next, contextOf(engine, now), name);
    const id = newId();
    const changes: Change[] = [
      ...createResource(resource),
      { do: 'setDetails', resourceId: resource.id, kind: resource.kind, details },
    ];
    if (secret) {
      const sealed = sealer.seal(aad.credential(id), JSON.stringify(secret));
      changes.push({
        do: 'putCredential',
        credential: { id, resourceId: resource.id, state: 'current', sealed, createdAt: now },
      });
    }
    if (pool.sizing === 'managed')
      changes.push({
        do: 'setPool',
        id: pool.id,
        set: { ...withOneMoreOrLess(pool, resourceClass.type, 1), version: pool.version + 1 },
      });
    return { changes, value: 'imported' };
  });
}

/**
 * Compares an import with the resource that already has its name. An imported account has a
 * username; one made by its driver has none.
 */
function metAs(
  sameNamed: Resource,
  pool: Pool,
  { details }: ExistingResource,
  itsDetails: DetailFields,
): Imported {
  const isOther = sameNamed.poolId !== pool.id;
  if (isGoing(sameNamed) || (isOther && sameNamed.adminState === 'draining')) return 'leaving';
  const isIt = !isOther && (details.username === undefined || itsDetails.username !== undefined);
  return isIt ? 'present' : 'taken';
}

async function isTaken({ store }: Engine, poolName: string, number: number): Promise<boolean> {
  const pool = await store.read.pool(poolName);
  return pool !== null && (await store.read.resourceByNumber(pool.id, number)) !== null;
}
