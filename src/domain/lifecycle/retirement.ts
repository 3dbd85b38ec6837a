import type { Change } from '../change';
import type { DecisionContext } from '../context';
import { nextResourceStatus, UNHELD, type Resource } from './resource';
import { adminStateEvent, detach, statusEvents } from './steps';

/** Removes a resource for good: at once if it is idle, when its loan ends if it is lent. */
export function retire(
  resource: Resource,
  context: DecisionContext,
  reason: string | null = null,
): Change[] {
  const { id } = resource;
  const draining = adminStateEvent(resource, 'draining', reason);
  const unbounded = resource.maintenanceUntil === null ? {} : { maintenanceUntil: null };
  if (resource.status === 'allocated')
    return [{ do: 'setResource', id, set: { adminState: 'draining', ...unbounded } }, draining];
  if (resource.status === 'destroying' || resource.status === 'destroyed') return [];
  const status = nextResourceStatus(resource.status, 'destroy');
  const changes: Change[] = [
    {
      do: 'setResource',
      id,
      set: {
        status,
        adminState: 'draining',
        ...unbounded,
        ...UNHELD,
        nextOperation: 'destroy',
        dueAt: context.now,
        operationId: null,
        failures: 0,
        reason: null,
        changedAt: context.now,
      },
    },
    draining,
    ...statusEvents(resource, status),
  ];
  return [...changes, ...detach(resource, context.now)];
}
