import { filterOf } from '../../address/address';
import type { State } from '../../parts/state';
import { holdfast, type Schemas } from '../../server/client';
import { holds } from '../../server/windows';

export type Resource = Schemas['Resource'];

/** The filters of the address; empty: any. */
export interface ResourceFilter {
  pool: string;
  type: string;
  status: string;
  text: string;
}

/** The filter in the address. */
export function filterInAddress(): ResourceFilter {
  const [pool, type, status, text] = ['pool', 'type', 'status', 'text'].map(filterOf);
  return { pool: pool!, type: type!, status: status!, text: text! };
}

/** The values of the filter by status, with their words. */
export const STATUSES = [
  ['', 'Any'],
  ['available', 'available'],
  ['allocated', 'lent'],
  ['spare', 'spare'],
  ['dirty', 'to be cleaned'],
  ['cleaning', 'being cleaned'],
  ['provisioning', 'being made'],
  ['quarantined', 'in quarantine'],
  ['destroying', 'being removed'],
  ['maintenance', 'in maintenance'],
  ['draining', 'draining'],
] as const;

/** These are decisions of admins, by which the server does not filter. */
const ADMIN_STATES: readonly string[] = ['maintenance', 'draining'];

type Status = Resource['status'];

/** Everything that the server finds by the filter, page by page; `matches` tells what is meant. */
export function entriesOf({ pool, type, status }: ResourceFilter, signal?: AbortSignal) {
  return holdfast.resources.list({
    pool: pool || undefined,
    type: type || undefined,
    status: ADMIN_STATES.includes(status) ? undefined : (status as Status) || undefined,
    limit: 500,
    signal,
  });
}

/** Does a resource match the parts of the filter that the server does not know? */
export function matches({ status, text }: ResourceFilter) {
  return (resource: Resource): boolean =>
    (!ADMIN_STATES.includes(status) || resource.adminState === status) &&
    holds(text, resource.name, resource.reason);
}

/** The state in which it is counted. */
export function stateOf({ status, adminState, available }: Resource): State {
  if (status === 'destroying' || status === 'destroyed') return 'destroying';
  if (adminState !== 'in_service') return adminState;
  return status === 'available' && !available ? 'held' : status;
}
