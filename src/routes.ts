import type { Route } from './http/route';
import { documentRoute, metricsRoute, systemRoutes, type BuildInfo } from './http/system';
import { v1Routes } from './http/v1';
import { legacyApis, type LegacyOptions } from './legacy';

/** The settings that decide which routes exist. */
export interface RouteOptions {
  build: BuildInfo;
  legacy: LegacyOptions;
  /** May people sign in with GitHub? */
  github: boolean;
  /** Are metrics shown on the port of the API? */
  metrics?: boolean;
}

/** The table of all routes, which the app, the API document and the access tests read. */
export function allRoutes({ build, legacy, github, metrics }: RouteOptions): Route[] {
  const { routes: legacyRoutes, welcome } = legacyApis(legacy);
  const routes = [
    ...v1Routes({ github }),
    ...legacyRoutes,
    ...systemRoutes(build, welcome),
    ...(metrics ? [metricsRoute] : []),
  ];
  return [...routes, documentRoute(routes, build)];
}
