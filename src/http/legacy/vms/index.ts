import type { Services } from '../../../service/services';
import type { Route } from '../../route';
import type { Gate } from '../gate';
import { VmCallers } from './callers';
import { detailsRoutes } from './details';
import { loanRoutes } from './loans';
import { maintenanceRoutes } from './maintenance';
import { poolRoutes } from './pool';
import { userRoutes } from './users';

/**
 * The VM reservation API: JSON bodies with a credential in them, VMs and users known by small
 * numbers.
 */
export function vmRoutes(services: Services, gate: Gate): Route[] {
  const callers = new VmCallers(services, gate);
  return [
    ...poolRoutes(services, callers),
    ...userRoutes(services, callers),
    ...loanRoutes(services, callers),
    ...maintenanceRoutes(services, callers),
    ...detailsRoutes(services, callers),
  ];
}
