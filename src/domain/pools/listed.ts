import { DomainError } from '../errors';
import type { Pool } from './pool';
import type { PoolFields } from './pool-changes';

/**
 * Checks that a change keeps what the pools file refuses for a pool whose resources it lists: spares,
 * which would be lent instead of them, and taking back that a simulation is meant. Errors:
 * `unsupported` with the field.
 */
export function requireListKept({ name }: Pool, set: Partial<PoolFields>): void {
  const refuse = (field: string, why: string) => {
    throw new DomainError(
      'unsupported',
      `The pools file lists resources of pool ${name}: ${why}.`,
      field,
    );
  };
  if (set.spares) refuse('spares', 'made-up ones would be lent instead of them');
  if (set.simulate === false) refuse('simulate', 'they were given to it as to a simulation');
}
