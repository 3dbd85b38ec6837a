import type { Services } from '../service/services';
import { acctpoolStatistics } from './legacy/acctpool';
import { legacyRoutes, type LegacyOptions } from './legacy';
import type { Route } from './route';
import { documentRoute, systemRoutes, type BuildInfo } from './system';
import { v1Routes } from './v1';

/** The table of all routes: the app, the API document and the access tests read it. */
export function allRoutes(services: Services, legacy: LegacyOptions, build: BuildInfo): Route[] {
  const extraWelcome = async () => (legacy.mode === 'off' ? {} : acctpoolStatistics(services));
  const routes = [
    ...v1Routes(services),
    ...legacyRoutes(services, legacy),
    ...systemRoutes(services, build, extraWelcome),
  ];
  return [...routes, documentRoute(routes, build)];
}
