import { DomainError } from '../errors';
import type { Pool } from './pool';

/** The most seats of one entry of a list. */
export const MOST_SEATS = 1_000;

/**
 * The names of the resources of one listed entry: its own, or one for each seat, counted from 1. A
 * dot keeps them apart from names that the server gives (`<pool>-<number>`).
 */
export function seatNames(name: string, seats: number | undefined): string[] {
  if (seats === undefined) return [name];
  return Array.from({ length: seats }, (_, index) => `${name}.${index + 1}`);
}

/**
 * Why seats, which are lent apart but share one credential, would not be safe in a pool: a phrase
 * that begins with its driver. null if they are: nothing that happens to one of them touches the
 * others.
 */
export function whyNoSeats({
  kind,
  driver,
  capabilities,
}: Pick<Pool, 'kind' | 'driver' | 'capabilities'>): string | null {
  const { rotates, replaces, opensAccess, leavesNothing, lendsAsIs = false } = capabilities;
  const its = (what: string) => `the driver ${driver} ${what}, and the seats share one thing`;
  if (rotates) return its('changes the credential after a loan');
  if (replaces) return its('replaces a resource after its loan');
  if (opensAccess) return its('opens and closes access for each holder');
  if (!leavesNothing && !lendsAsIs) return its('cleans a resource after its loan');
  // A lent token is found by its value, which names one resource.
  return kind === 'token' ? `the driver ${driver} lends tokens, each known by its value` : null;
}

/**
 * Checks that seats are safe in a pool, as a change would leave it. Errors: `unsupported` with the
 * field.
 */
export function requireSeatsSafe(
  pool: Pick<Pool, 'name' | 'kind' | 'driver' | 'capabilities'>,
  field = 'settings',
): void {
  const why = whyNoSeats(pool);
  if (why !== null)
    throw new DomainError('unsupported', `Pool ${pool.name} cannot lend seats: ${why}.`, field);
}
