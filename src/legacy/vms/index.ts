import type { Route } from '../../http/route';
import type { Services } from '../../service/services';
import type { Gate } from '../gate';
import { VmCallers } from './callers';
import { detailsRoutes } from './routes/details';
import { loanRoutes } from './routes/loans';
import { maintenanceRoutes } from './routes/maintenance';
import { poolRoutes } from './routes/pool';
import { userLookUps } from './routes/user-look-ups';
import { userRoutes } from './routes/users';
import { vmServices } from './services';

/**
 * The VM reservation API: JSON bodies that carry the credential, and small numbers as ids of VMs
 * and users.
 */
export function vmRoutes(services: Services, gate: Gate): Route[] {
  const vms = vmServices(services);
  const callers = new VmCallers(vms, gate);
  return [
    ...poolRoutes(vms, callers),
    ...userRoutes(vms, callers),
    ...userLookUps(vms, callers),
    ...loanRoutes(vms, callers),
    ...maintenanceRoutes(vms, callers),
    ...detailsRoutes(vms, callers),
  ];
}
