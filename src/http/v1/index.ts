import type { Services } from '../../service/services';
import type { Route } from '../route';
import { setupRoute, tokenRoutes, userRoutes } from './people';
import { poolRoutes } from './pools';
import { reservationRoutes } from './reservations';
import { resourceRoutes } from './resources';
import { documentRoute, systemRoutes, type BuildInfo } from './system';

/** The table of all routes of v1 and of the service itself. */
export function v1Routes(services: Services, build: BuildInfo): Route[] {
  const routes = [
    setupRoute(services),
    ...userRoutes(services),
    ...tokenRoutes(services),
    ...poolRoutes(services),
    ...resourceRoutes(services),
    ...reservationRoutes(services),
    ...systemRoutes(services, build),
  ];
  return [...routes, documentRoute(routes, build)];
}
