import type { Route } from '../route';
import { eventRoutes } from './events';
import { githubRoutes } from './github';
import { setupRoute, tokenRoutes, userRoutes } from './people';
import { loanRoutes } from './loans';
import { poolLoanRoutes } from './pool-loans';
import { poolRoutes } from './pools';
import { reservationRoutes } from './reservations';
import { resourceRoutes } from './resources';
import { returnRoutes } from './returns';
import { timelineRoutes } from './timeline';
import { sessionRoutes } from './sessions';
import { webhookRoutes } from './webhooks';

/** The table of all routes of v1. `github`: may people sign in with GitHub? */
export function v1Routes({ github }: { github: boolean }): Route[] {
  return [
    // Express tries routes in this order, so the most frequent ones come first.
    ...reservationRoutes,
    setupRoute,
    ...userRoutes,
    ...tokenRoutes,
    ...sessionRoutes,
    ...poolRoutes,
    ...poolLoanRoutes,
    ...timelineRoutes,
    ...resourceRoutes,
    ...loanRoutes,
    ...returnRoutes,
    ...eventRoutes,
    ...webhookRoutes,
    ...(github ? githubRoutes : []),
  ];
}
