import { isAvailableState, type Resource } from './resource';

/** The states by which resources are counted. */
export const COUNTED_STATES = [
  'available',
  'spare',
  'allocated',
  'held',
  'provisioning',
  'dirty',
  'cleaning',
  'quarantined',
  'destroying',
  'maintenance',
  'draining',
] as const;
export type CountedState = (typeof COUNTED_STATES)[number];

type Countable = Pick<Resource, 'status' | 'adminState'> & { held: boolean };

/**
 * The states that count a resource, the one that tells most about it first: a lent one that is
 * drained counts as both. `held`: for a queued request. Empty for a destroyed one.
 */
export function countedStates({ status, adminState, held }: Countable): CountedState[] {
  const states: CountedState[] = [];
  if (adminState !== 'in_service') states.push(adminState);
  if (held) states.push('held');
  if (status === 'available') {
    if (isAvailableState({ status, adminState, held })) states.push(status);
  } else if (status !== 'destroyed') states.push(status);
  return states;
}
