import type { Services } from '../../service/services';
import type { Route } from '../route';
import { githubRoutes } from './github';
import { setupRoute, tokenRoutes, userRoutes } from './people';
import { poolRoutes } from './pools';
import { reservationRoutes } from './reservations';
import { resourceRoutes } from './resources';

/** The table of all routes of v1. */
export function v1Routes(services: Services): Route[] {
  return [
    // Looked for in this order: what is called most comes first.
    ...reservationRoutes(services),
    setupRoute(services),
    ...userRoutes(services),
    ...tokenRoutes(services),
    ...poolRoutes(services),
    ...resourceRoutes(services),
    ...githubRoutes(services),
  ];
}
