import { underTag, type Route } from '../route';
import { eventRoutes } from './events';
import { githubRoutes } from './github';
import { historyRoutes } from './history';
import { overviewRoutes } from './overview';
import { setupRoute, tokenRoutes, userRoutes } from './people';
import { loanRoutes } from './loans';
import { poolLoanRoutes } from './pool-loans';
import { poolRoutes } from './pools';
import { reservationRoutes } from './reservations';
import { resourceRoutes } from './resources';
import { returnRoutes } from './returns';
import * as headings from './headings';
import { sessionRoutes } from './sessions';
import { timelineRoutes } from './timeline';
import { webhookRoutes } from './webhooks';

/** The table of all routes of v1. `github`: may people sign in with GitHub? */
export function v1Routes({ github }: { github: boolean }): Route[] {
  return [
    // Express tries routes in this order, so the most frequent ones come first.
    ...underTag(headings.RESERVATIONS, reservationRoutes),
    ...underTag(headings.USERS, [setupRoute, ...userRoutes]),
    ...underTag(headings.TOKENS, tokenRoutes),
    ...underTag(headings.SESSIONS, sessionRoutes),
    ...underTag(headings.POOLS, [
      ...overviewRoutes,
      ...poolRoutes,
      ...poolLoanRoutes,
      ...timelineRoutes,
      ...historyRoutes,
    ]),
    ...underTag(headings.RESOURCES, [...resourceRoutes, ...loanRoutes]),
    ...underTag(headings.RETURNS, returnRoutes),
    ...underTag(headings.EVENTS, eventRoutes),
    ...underTag(headings.WEBHOOKS, webhookRoutes),
    ...(github ? underTag(headings.GITHUB, githubRoutes) : []),
  ];
}
