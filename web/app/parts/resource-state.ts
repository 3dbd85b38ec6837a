import type { Schemas } from '../server/client';
import type { State } from './state';

type Standing = Pick<Schemas['Resource'], 'status' | 'adminState' | 'available'>;

/** The state in which the counts of a pool count a resource: the decision of an admin goes first. */
export function stateOf({ status, adminState, available }: Standing): State {
  if (adminState !== 'in_service') return adminState;
  if (status === 'available') return available ? 'available' : 'held';
  return status === 'destroyed' ? 'destroying' : status;
}
