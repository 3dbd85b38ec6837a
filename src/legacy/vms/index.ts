import type { Route } from '../../http/route';
import type { Gate } from '../gate';
import { VmCallers } from './callers';
import { detailsRoutes } from './routes/details';
import { loanRoutes } from './routes/loans';
import { maintenanceRoutes } from './routes/maintenance';
import { poolRoutes } from './routes/pool';
import { userLookUps } from './routes/user-look-ups';
import { userRoutes } from './routes/users';

/**
 * The VM reservation API: JSON bodies that carry the credential, and small numbers as ids of VMs
 * and users.
 */
export function vmRoutes(gate: Gate): Route[] {
  const callers = new VmCallers(gate);
  return [
    ...poolRoutes(callers),
    ...userRoutes(callers),
    ...userLookUps(callers),
    ...loanRoutes(callers),
    ...maintenanceRoutes(callers),
    ...detailsRoutes(callers),
  ];
}
