import type { Decision } from '../change';
import type { Resource } from './resource';

/** Moves the end of a maintenance that goes on; epoch ms, null: an admin ends it. */
export function setMaintenanceEnd(
  { id, maintenanceUntil }: Resource,
  until: number | null,
): Decision<string> {
  if (until === maintenanceUntil) return { changes: [], value: id };
  return {
    changes: [{ do: 'setResource', id, set: { maintenanceUntil: until } }],
    value: id,
  };
}
