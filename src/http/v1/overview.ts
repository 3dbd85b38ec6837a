import { overview } from '../../api/overview';
import { isAdmin } from '../../domain/people/user';
import { route, type Route } from '../route';
import { overviewAnswer } from './overview-answer';
import { overviewStream } from './overview-stream';

/** All pools at a glance. */
export const overviewRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/overview',
    operationId: 'getOverview',
    summary: 'Show all pools at a glance',
    description:
      'The same for all callers, except for `failing`. It names nobody who holds or waits. With ' +
      '`Accept: text/event-stream` it is a stream: all of it first, then each pool that changes.',
    access: 'read',
    answers: {
      200: {
        description:
          'All pools; with `Accept: text/event-stream` messages `overview`, `pool`, `pool.removed`, ' +
          '`counts` and `other`.',
        body: overview,
        types: ['text/event-stream'],
      },
    },
    errors: [],
    handle: async (call) => {
      if (call.wantsStream()) return overviewStream(call);
      const snapshot = await call.services.overview.present();
      return { status: 200, body: overviewAnswer(snapshot, isAdmin(call.principal)) };
    },
  }),
];
