import { health, openApi, readiness, stats, version as versionBody, welcome } from '../api/system';
import type { Services } from '../service/services';
import { openApiDocument, type ApiAbout } from './openapi';
import { route, underTag, type Route } from './route';
import { SYSTEM } from './v1/headings';

/** The identity of this build. */
export interface BuildInfo {
  version: string;
  commit: string | null;
  node: string;
  sqlite: string;
}

const LINKS = { openapi: '/openapi.json', docs: '/docs', stats: '/v1/stats', health: '/readyz' };

/** Shown while there is no admin. */
const SETUP = { setup: '/v1/setup' };

function linksBelow(base: string, more: Welcome['links']): Record<string, string> {
  const links = Object.entries({ ...LINKS, ...more });
  return Object.fromEntries(links.map(([name, path]) => [name, base + path]));
}

const statsRoute = route({
  method: 'get',
  path: '/v1/stats',
  operationId: 'getStats',
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
    operationId: 'getLiveness',
    summary: 'Check that the process answers',
    description: 'For supervisors: looks at nothing but the process.',
    access: 'public',
    answers: { 200: { description: 'The process answers.', body: health } },
    errors: [],
    handle: async () => ({ status: 200, body: { status: 'ok', failing: [] } }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    whenFull: true,
    operationId: 'getReadiness',
    summary: 'Check that the service can do its work',
    description:
      'For load balancers: 503 with the reasons while a job is silent, say, or the database ' +
      'cannot be written.',
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
  tag: SYSTEM,
  path: '/metrics',
  operationId: 'getMetrics',
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

/** Further parts of the answer at `/`. */
export interface Welcome {
  fields: (services: Services) => Promise<Record<string, number>>;
  /** Paths, by name. */
  links: Readonly<Record<string, string>>;
}

/** The routes of the service as a whole. */
export function systemRoutes(build: BuildInfo, extra: Welcome): Route[] {
  return underTag(SYSTEM, [
    statsRoute,
    welcomeRoute(build, extra),
    ...healthRoutes,
    route({
      method: 'get',
      path: '/version',
      operationId: 'getVersion',
      summary: 'Show which build this is',
      access: 'public',
      answers: { 200: { description: 'The build.', body: versionBody } },
      errors: [],
      handle: async () => ({ status: 200, body: build }),
    }),
  ]);
}

function welcomeRoute({ version }: BuildInfo, extra: Welcome): Route {
  return route({
    method: 'get',
    path: '/',
    operationId: 'getWelcome',
    summary: 'Show the version, and where to go next',
    description:
      'Browsers get the dashboard here. The link `setup` is there while the server has no admin, and ' +
      '`github` where people can sign in with GitHub.',
    access: 'public',
    answers: { 200: { description: 'Welcome.', body: welcome } },
    errors: [],
    handle: async ({ services, base }) => {
      const setup = (await services.users.isSetUp()) ? {} : SETUP;
      const links = linksBelow(base, { ...extra.links, ...setup });
      const about = { name: 'Holdfast', version, links };
      return { status: 200, body: { ...about, ...(await extra.fields(services)) } };
    },
  });
}

/** An API document that the server shows. */
export interface ShownDocument extends Pick<Route, 'path' | 'operationId' | 'summary'> {
  about: ApiAbout;
  /** The routes that it describes; may include this very one. */
  routes: () => readonly Route[];
}

/** An API document; made from the routes at the first request for it. */
export function documentRoute({ about, routes, ...shown }: ShownDocument, version: string): Route {
  let document: unknown;
  return route({
    ...shown,
    method: 'get',
    tag: SYSTEM,
    access: 'public',
    answers: { 200: { description: 'An OpenAPI 3.1 document.', body: openApi } },
    errors: [],
    handle: async ({ base }) => ({
      status: 200,
      body: (document ??= openApiDocument(routes(), about, version, base)),
    }),
  });
}
