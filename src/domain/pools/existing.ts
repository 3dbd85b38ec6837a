import type { Change, Decision, DetailFields } from '../change';
import { nothing } from '../change';
import { DomainError } from '../errors';
import type { DecisionContext } from '../context';
import { isGoing } from '../lifecycle/admin';
import type { ListedFields, Resource } from '../lifecycle/resource';
import type { PoolFacts } from './loading';
import { createResource, newResource } from './new-resource';
import type { Kind, Pool } from './pool';
import { whyNoSeats } from './seats';
import { requireSimulationMeant } from './simulation';
import { classOf, withOneMoreOrLess } from './sizing';

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
  details: DetailFields;
  /** Its open part, and the entry of which it is a seat, if a list has it. */
  listed?: Pick<Resource, 'seatOf'> & { fields: ListedFields };
}

/**
 * The outcome of an import. `present`: the resource, or that token, is in the pool already.
 * `leaving`: the resource of that name is still being removed. `taken`: another resource has the
 * name. `no_pool`: there is no such pool, or it is being deleted. `no_type`: the pool has no such
 * type. `no_seats`: seats would not be safe with its driver, as it is set now.
 */
export type Imported =
  'imported' | 'present' | 'leaving' | 'taken' | 'no_pool' | 'no_type' | 'no_seats';

/** The pool, and whatever could conflict with the new resource. */
export interface ImportSnapshot extends Pick<PoolFacts, 'pool' | 'classes' | 'next'> {
  /** The resource of any pool that has the name already. */
  sameNamed: Resource | null;
  /** The details of the resource that has the name already; empty without one. */
  knownDetails: DetailFields;
  /** Does a resource of the pool have the wanted number? */
  numberIsTaken: boolean;
}

/** One import. */
export interface Import {
  thing: ExistingResource;
  /** The name of the new resource; undefined: that of its number. */
  name: string | undefined;
  /** Its credential, sealed, and the id of that row; null without one. */
  credential: { id: string; sealed: string } | null;
  /** The field that describes it, for errors. */
  at: string;
}

/**
 * Adds an existing resource to its pool, with its credential, and raises the size of a managed pool by
 * one. Errors: `invalid`, `unsupported` (a pool that is simulated, and not meant to be) and
 * `conflict` with the field below `at`.
 */
export function addExisting(
  snapshot: ImportSnapshot,
  { thing, name, credential, at }: Import,
  context: DecisionContext,
): Decision<Imported> {
  const { pool, classes, next, sameNamed, numberIsTaken, knownDetails } = snapshot;
  const { number } = thing;
  if (!pool || pool.deletingAt !== null) return nothing('no_pool');
  if (pool.kind !== thing.kind)
    throw new DomainError('invalid', `Pool ${pool.name} is of kind ${pool.kind}.`, `${at}.pool`);
  requireSimulationMeant(pool, `${at}.pool`);
  if (sameNamed && thing.name !== null) return nothing(metAs(sameNamed, pool, thing, knownDetails));
  if (sameNamed || numberIsTaken)
    throw new DomainError(
      'conflict',
      `Number ${number} is taken in pool ${thing.pool}.`,
      `${at}.number`,
    );
  const resourceClass = classOf(pool, classes, thing.type);
  if (!resourceClass) return nothing('no_type');
  if (thing.listed?.seatOf && whyNoSeats(pool) !== null) return nothing('no_seats');
  const resource = {
    ...newResource(pool, resourceClass, number ?? next, context, name),
    ...thing.listed,
  };
  return {
    changes: [...additions(resource, thing, credential, context.now), ...growth(pool, [resource])],
    value: 'imported',
  };
}

/** Brings in a resource that exists already, with its details and its credential. */
export function additions(
  resource: Resource,
  { details }: Pick<ExistingResource, 'details'>,
  credential: Import['credential'],
  now: number,
): Change[] {
  const { id: resourceId, kind } = resource;
  const changes: Change[] = [
    ...createResource(resource),
    { do: 'setDetails', resourceId, kind, details },
  ];
  if (credential)
    changes.push({
      do: 'putCredential',
      credential: { ...credential, resourceId, state: 'current', createdAt: now },
    });
  return changes;
}

/** Raises the size of a managed pool by its new resources. */
export function growth(pool: Pool, added: readonly Resource[]): Change[] {
  if (pool.sizing !== 'managed') return [];
  const grown = added.reduce<Pool>(
    (before, { type }) => ({ ...before, ...withOneMoreOrLess(before, type, 1) }),
    pool,
  );
  const set = { size: grown.size, types: grown.types, version: pool.version + 1 };
  return [{ do: 'setPool', id: pool.id, set }];
}

/**
 * Compares an import with the resource that already has its name. A listed one has fields, and an
 * imported account has a username; one made by its driver has neither.
 */
function metAs(
  sameNamed: Resource,
  pool: Pool,
  { details, listed }: ExistingResource,
  itsDetails: DetailFields,
): Imported {
  const isOther = sameNamed.poolId !== pool.id;
  if (isGoing(sameNamed) || (isOther && sameNamed.adminState === 'draining')) return 'leaving';
  const isListed = listed !== undefined || details.username !== undefined;
  const wasListed = sameNamed.fields !== null || itsDetails.username !== undefined;
  return !isOther && (wasListed || !isListed) ? 'present' : 'taken';
}
