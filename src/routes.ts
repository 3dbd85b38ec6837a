import type { Route } from './http/route';
import { documentRoute, systemRoutes, type BuildInfo } from './http/system';
import { v1Routes } from './http/v1';
import { legacyApis, type LegacyOptions } from './legacy';
import type { Services } from './service/services';

/** The table of all routes, which the app, the API document and the access tests read. */
export function allRoutes(services: Services, options: LegacyOptions, build: BuildInfo): Route[] {
  const legacy = legacyApis(services, options);
  const routes = [
    ...v1Routes({ github: services.github !== null }),
    ...legacy.routes,
    ...systemRoutes(build, legacy.welcome),
  ];
  return [...routes, documentRoute(routes, build)];
}
