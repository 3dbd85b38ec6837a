import { overview } from '../../api/overview';
import { isAdmin } from '../../domain/people/user';
import { route, type Route } from '../route';
import { overviewAnswer } from './overview-answer';

/** All pools at a glance. */
export const overviewRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/overview',
    operationId: 'getOverview',
    summary: 'Show all pools at a glance',
    description:
      'The same for all callers, except for `failing`. It names nobody who holds or waits.',
    access: 'read',
    answers: { 200: { description: 'All pools.', body: overview } },
    errors: [],
    handle: async ({ services, principal }) => ({
      status: 200,
      body: overviewAnswer(await services.overview.present(), isAdmin(principal)),
    }),
  }),
];
