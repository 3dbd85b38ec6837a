import { health, stats, version as versionBody, welcome } from '../api/system';
import { countStates } from '../service/loans/views';
import type { Services } from '../service/services';
import { openApiDocument } from './openapi';
import { route, type Route } from './route';

/** What this build is. */
export interface BuildInfo {
  version: string;
  commit: string | null;
  node: string;
  sqlite: string;
}

/**
 * The service as a whole: how it is, what it is, what it has. `extraWelcome`: what else stands at
 * `/`.
 */
export function systemRoutes(
  services: Services,
  build: BuildInfo,
  extraWelcome: () => Promise<Record<string, number>>,
): Route[] {
  const { read } = services.engine.store;
  return [
    route({
      method: 'get',
      path: '/v1/stats',
      summary: 'Resources by state, and reservations',
      access: 'read',
      answers: { 200: { description: 'Counts of this moment.', body: stats } },
      errors: [],
      handle: async () => {
        const counts = await read.counts();
        const pools = (await read.pools()).map(({ id, name, kind }) => ({
          name,
          kind,
          counts: countStates(counts.filter(({ poolId }) => poolId === id)),
        }));
        return {
          status: 200,
          body: {
            resources: countStates(counts),
            pools,
            reservations: await read.liveReservations(),
          },
        };
      },
    }),
    route({
      method: 'get',
      path: '/',
      summary: 'What this is, and where to go',
      access: 'public',
      answers: { 200: { description: 'Welcome.', body: welcome } },
      errors: [],
      handle: async () => {
        const links = {
          openapi: '/openapi.json',
          docs: '/docs',
          stats: '/v1/stats',
          health: '/readyz',
        };
        return {
          status: 200,
          body: { name: 'Holdfast', version: build.version, links, ...(await extraWelcome()) },
        };
      },
    }),
    ...healthRoutes(services),
    route({
      method: 'get',
      path: '/version',
      summary: 'Which build this is',
      access: 'public',
      answers: { 200: { description: 'The build.', body: versionBody } },
      errors: [],
      handle: async () => ({ status: 200, body: build }),
    }),
  ];
}

function healthRoutes({ health: findProblems }: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/livez',
      summary: 'The process answers',
      access: 'public',
      answers: { 200: { description: 'It does.', body: health } },
      errors: [],
      handle: async () => ({ status: 200, body: { status: 'ok', failing: [] } }),
    }),
    route({
      method: 'get',
      path: '/readyz',
      summary: 'The service can do its work',
      access: 'public',
      answers: {
        200: { description: 'It can.', body: health },
        503: { description: 'It cannot, and why.', body: health },
      },
      errors: [],
      handle: async () => {
        const problems = await findProblems();
        return {
          status: problems.length === 0 ? 200 : 503,
          body: { status: problems.length === 0 ? 'ok' : 'failing', failing: problems },
        };
      },
    }),
  ];
}

/** The API document, made from the routes when it is first asked for. */
export function documentRoute(routes: Route[], build: BuildInfo): Route {
  let document: unknown;
  return route({
    method: 'get',
    path: '/openapi.json',
    summary: 'This API as an OpenAPI document',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1.' } },
    errors: [],
    handle: async () => ({
      status: 200,
      body: (document ??= openApiDocument(routes, build.version)),
    }),
  });
}
