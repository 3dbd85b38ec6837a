import type { Change, Decision, DetailFields } from '../change';
import type { DecisionContext } from '../context';
import { DomainError, notFound } from '../errors';
import type { ListedFields } from '../lifecycle/resource';
import { additions, growth, type Import } from './existing';
import type { PoolFacts } from './loading';
import { newResource } from './new-resource';
import type { Pool } from './pool';
import { requireSeatsSafe } from './seats';
import { requireSimulationMeant } from './simulation';
import { classOf } from './sizing';

/** The most resources that a managed pool may have. */
const LARGEST_POOL = 1_000_000;

/** A resource that an admin lists, with one name and one credential for each of its seats. */
export interface Listing {
  type: string | undefined;
  fields: ListedFields;
  details: DetailFields;
  /** The name of the entry, if it has seats. */
  seatOf: string | null;
  seats: { name: string; credential: Import['credential'] }[];
}

/** The pool to list in. */
export interface ListingFacts extends Pick<PoolFacts, 'classes' | 'next' | 'sameNamed'> {
  pool: Pool;
  /** Does the pools file list resources of it? */
  isListedInFile: boolean;
}

/**
 * Brings in a listed resource, each seat as one of its own; the size of a managed pool grows with
 * them. The value is the id of the first. Errors: `not_found`, `unsupported`, `invalid`, `conflict`
 * with the field.
 */
export function addListed(
  facts: ListingFacts,
  listing: Listing,
  context: DecisionContext,
): Decision<string> {
  const { pool, classes, next, sameNamed } = facts;
  const { type, fields, seatOf, seats } = listing;
  requireListingPossible(facts, listing);
  const resourceClass = classOf(pool, classes, type);
  if (!resourceClass)
    throw new DomainError('invalid', `Pool ${pool.name} has no type ${type}.`, 'type');
  const [taken] = sameNamed;
  if (taken)
    throw new DomainError('conflict', `A resource named ${taken.name} exists already.`, 'name');
  const added = seats.map(({ name }, index) => {
    const made = newResource(pool, resourceClass, next + index, context, name);
    return { ...made, fields, seatOf };
  });
  const changes = added.flatMap((resource, index): Change[] =>
    additions(resource, listing, seats[index]!.credential, context.now),
  );
  return { changes: [...changes, ...growth(pool, added)], value: added[0]!.id };
}

function requireListingPossible(
  { pool, isListedInFile }: ListingFacts,
  { seatOf, seats }: Listing,
): void {
  const { name, origin, deletingAt, capabilities, spares, size } = pool;
  const refuse = (field: string, why: string) => {
    throw new DomainError('unsupported', `Pool ${name}: ${why}.`, field);
  };
  if (deletingAt !== null) throw notFound('pool', name);
  requireSimulationMeant(pool, 'pool');
  if (isListedInFile) refuse('pool', 'the pools file lists its resources; add this one there');
  // A start that changes its settings could not ask anybody about the seats.
  if (seatOf !== null && origin === 'file')
    refuse('seats', 'it comes from the pools file; list seats there');
  if (seatOf !== null) requireSeatsSafe(pool, 'seats');
  if (seats.some(({ credential }) => credential !== null) && !capabilities.staticCredential)
    refuse('secrets', `the driver ${pool.driver} does not lend static credentials`);
  if (spares > 0) refuse('pool', 'it keeps spares, and made-up ones would be lent instead of this');
  if (pool.sizing === 'managed' && size + seats.length > LARGEST_POOL)
    refuse('pool', `it may have at most ${LARGEST_POOL} resources`);
}
