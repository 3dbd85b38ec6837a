import type { Services } from './service/services';
import { acctpoolStatistics } from './http/legacy/acctpool';
import { legacyRoutes, type LegacyOptions } from './http/legacy';
import type { Route } from './http/route';
import { documentRoute, systemRoutes, type BuildInfo } from './http/system';
import { v1Routes } from './http/v1';

/** The table of all routes, which the app, the API document and the access tests read. */
export function allRoutes(services: Services, legacy: LegacyOptions, build: BuildInfo): Route[] {
  const extraWelcome = async () => (legacy.mode === 'off' ? {} : acctpoolStatistics(services));
  const routes = [
    ...v1Routes({ github: services.github !== null }),
    ...legacyRoutes(services, legacy),
    ...systemRoutes(build, extraWelcome),
  ];
  return [...routes, documentRoute(routes, build)];
}
