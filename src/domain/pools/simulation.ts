import { DomainError } from '../errors';
import type { Field } from '../field';
import type { Pool } from './pool';

/**
 * Checks that the pool of a driver that only pretends was made for it (`simulate`), before a real
 * thing or its password is given to it: the driver would replace the password by one that works
 * nowhere, and clean nothing. Errors: `unsupported` with the field `at`.
 */
export function requireSimulationMeant(
  { name, driver, simulate, capabilities }: Pool,
  at?: Field,
): void {
  if (!capabilities.simulates || simulate) return;
  throw new DomainError(
    'unsupported',
    `Pool ${name} is simulated: its driver ${driver} would replace the password by a made-up one ` +
      'and clean nothing. Use another driver, or, for trial data, set simulate: true on the pool.',
    at,
  );
}
