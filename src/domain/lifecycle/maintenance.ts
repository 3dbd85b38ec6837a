import type { Decision } from '../change';
import type { DecisionContext } from '../context';
import { isGoing, setAdminState, type ResourceSnapshot } from './admin';
import { setMaintenanceEnd } from './maintenance-end';

/** Puts a resource back into service once the time of its maintenance is over. */
export function endMaintenance(
  snapshot: ResourceSnapshot,
  context: DecisionContext,
): Decision<string> {
  const { id, adminState, status, maintenanceUntil } = snapshot.resource;
  const isOver = maintenanceUntil !== null && maintenanceUntil <= context.now;
  if (!isOver) return { changes: [], value: id };
  const stays = !isGoing(snapshot.resource) && status !== 'destroyed';
  if (adminState === 'maintenance' && stays) return setAdminState(snapshot, 'in_service', context);
  return setMaintenanceEnd(snapshot.resource, null);
}
