import type { Schemas } from '../../client';
import { wallMs } from '../../clock';
import { relative } from './times';

type Resource = Schemas['Resource'];
type Fact = [string, string | number | null | undefined];

/** A resource as people read it. */
export function factsOfResource(resource: Resource): Fact[] {
  const now = wallMs();
  const { returning, maintenanceUntil } = resource;
  return [
    ['resource', resource.name],
    ['id', resource.id],
    ['pool', resource.pool],
    ['kind', `${resource.kind} ${resource.type}${resource.simulated ? ', simulated' : ''}`],
    ['status', stateOfResource(resource)],
    ['why', resource.reason],
    ['until', maintenanceUntil && relative(maintenanceUntil, now)],
    ['returning', returning && `${returning.step}, since ${relative(returning.since, now)}`],
    ['waits', returning?.reason],
    ['held by', resource.heldBy?.reservationId],
    ['failures', resource.failures === 0 ? null : resource.failures],
    ['cleaned', resource.cleanedAt && relative(resource.cleanedAt, now)],
    ['verified', resource.verifiedAt && relative(resource.verifiedAt, now)],
    ['expires', resource.expiresAt && relative(resource.expiresAt, now)],
    ...Object.entries(resource.details).map(([name, value]): Fact => [`  ${name}`, value]),
  ];
}

/** Its status, and its admin state unless it is in service. */
export function stateOfResource({ status, adminState }: Resource): string {
  return adminState === 'in_service' ? status : `${status}, ${adminState}`;
}
