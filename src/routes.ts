import { V1_API } from './http/v1/about';
import type { ApiAbout } from './http/openapi';
import type { Route } from './http/route';
import { mcpRoutes } from './http/mcp';
import { documentRoute, metricsRoute, systemRoutes, type BuildInfo } from './http/system';
import { v1Routes } from './http/v1';
import { LEGACY_API, legacyApis, type LegacyOptions } from './legacy';

/** The settings that decide which routes exist. */
export interface RouteOptions {
  build: BuildInfo;
  legacy: LegacyOptions;
  /** May people sign in with GitHub? */
  github: boolean;
  /** Are metrics shown on the port of the API? */
  metrics?: boolean;
  /** May agents call by the Model Context Protocol? Then the names of this server. */
  mcp?: readonly string[] | null;
}

/** The routes that one document describes. */
export interface RouteTable {
  about: ApiAbout;
  routes: Route[];
}

/** All routes, by the document that describes them. */
export interface RouteTables {
  /** `docs/openapi.json`: v1, and the server itself. */
  v1: RouteTable;
  /** `docs/openapi-legacy.json`; empty if the legacy APIs are off. */
  legacy: RouteTable;
}

/** The table of all routes, which the app and the access tests read. */
export function allRoutes(options: RouteOptions): Route[] {
  const { v1, legacy } = routeTables(options);
  return [...v1.routes, ...legacy.routes];
}

/** The tables that the API documents are made from. */
export function routeTables({ build, legacy, github, metrics, mcp }: RouteOptions): RouteTables {
  const apis = legacyApis(legacy);
  const isOn = apis.routes.length > 0;
  const links: Record<string, string> = {
    ...(isOn ? { openapiLegacy: LEGACY_DOCUMENT } : {}),
    ...(github ? { github: '/v1/auth/github' } : {}),
  };
  const v1: Route[] = [
    ...v1Routes({ github }),
    ...systemRoutes(build, { fields: apis.welcome, links }),
    ...(metrics ? [metricsRoute] : []),
    ...(mcp ? mcpRoutes(mcp) : []),
  ];
  const { version } = build;
  v1.push(documentRoute({ ...V1_DOCUMENT, routes: () => v1 }, version));
  if (isOn) v1.push(documentRoute({ ...OF_LEGACY, routes: () => apis.routes }, version));
  return {
    v1: { about: V1_API, routes: v1 },
    legacy: { about: LEGACY_API, routes: apis.routes },
  };
}

const LEGACY_DOCUMENT = '/openapi-legacy.json';
const V1_DOCUMENT = {
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'Describe this API as an OpenAPI document',
  about: V1_API,
};
const OF_LEGACY = {
  path: LEGACY_DOCUMENT,
  operationId: 'getLegacyOpenApi',
  summary: 'Describe the legacy APIs as an OpenAPI document',
  about: LEGACY_API,
};
