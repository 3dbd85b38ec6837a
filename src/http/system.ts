import { health, readiness, stats, version as versionBody, welcome } from '../api/system';
import type { Services } from '../service/services';
import { openApiDocument } from './openapi';
import { route, type Route } from './route';

/** The identity of this build. */
export interface BuildInfo {
  version: string;
  commit: string | null;
  node: string;
  sqlite: string;
}

const linksBelow = (base: string) => ({
  openapi: `${base}/openapi.json`,
  docs: `${base}/docs`,
  stats: `${base}/v1/stats`,
  health: `${base}/readyz`,
});

const statsRoute = route({
  method: 'get',
  path: '/v1/stats',
  summary: 'Count resources by state, and live reservations',
  access: 'read',
  answers: { 200: { description: 'The counts.', body: stats } },
  errors: [],
  handle: async ({ services }) => ({ status: 200, body: await services.statistics() }),
});

const healthRoutes: Route[] = [
  route({
    method: 'get',
    path: '/livez',
    whenFull: true,
    summary: 'Check that the process answers',
    access: 'public',
    answers: { 200: { description: 'The process answers.', body: health } },
    errors: [],
    handle: async () => ({ status: 200, body: { status: 'ok', failing: [] } }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    whenFull: true,
    summary: 'Check that the service can do its work',
    access: 'public',
    answers: {
      200: {
        description: 'The service works; warnings do not keep it from that.',
        body: readiness,
      },
      503: { description: 'The service cannot work; the body says why.', body: readiness },
    },
    errors: [],
    handle: async ({ services }) => {
      const found = await services.health();
      return found.failing.length === 0
        ? { status: 200, body: { status: 'ok', ...found } }
        : { status: 503, body: { status: 'failing', ...found } };
    },
  }),
];

/** The metrics on the port of the API; a text that Prometheus reads. */
export const metricsRoute = route({
  method: 'get',
  path: '/metrics',
  summary: 'Show the metrics, for Prometheus; with METRICS=true only',
  access: 'metrics',
  answers: { 200: { description: 'The metrics.', types: ['text/plain'] } },
  errors: [],
  // The route is there only if the metrics are.
  handle: async ({ services: { metrics } }) => ({
    status: 200,
    text: await metrics!.render(),
    headers: { 'Content-Type': metrics!.contentType },
  }),
});

/**
 * The routes of the service as a whole. `extraWelcome` gives further fields of the answer at `/`.
 */
export function systemRoutes(
  build: BuildInfo,
  extraWelcome: (services: Services) => Promise<Record<string, number>>,
): Route[] {
  return [
    statsRoute,
    route({
      method: 'get',
      path: '/',
      summary: 'Show the version, and where to go next',
      access: 'public',
      answers: { 200: { description: 'Welcome.', body: welcome } },
      errors: [],
      handle: async ({ services, base }) => {
        const about = { name: 'Holdfast', version: build.version, links: linksBelow(base) };
        return { status: 200, body: { ...about, ...(await extraWelcome(services)) } };
      },
    }),
    ...healthRoutes,
    route({
      method: 'get',
      path: '/version',
      summary: 'Show which build this is',
      access: 'public',
      answers: { 200: { description: 'The build.', body: versionBody } },
      errors: [],
      handle: async () => ({ status: 200, body: build }),
    }),
  ];
}

/** The API document; made from the routes at the first request for it. */
export function documentRoute(routes: Route[], build: BuildInfo): Route {
  let document: unknown;
  return route({
    method: 'get',
    path: '/openapi.json',
    summary: 'Describe this API as an OpenAPI document',
    access: 'public',
    answers: { 200: { description: 'An OpenAPI 3.1 document.' } },
    errors: [],
    handle: async ({ base }) => ({
      status: 200,
      body: (document ??= openApiDocument(routes, build.version, base)),
    }),
  });
}
