import { z } from 'zod';
import { loanList, loanQuery, type LoanAnswer } from '../../api/loans';
import type { Loan } from '../../service/loans/loans';
import { instantOf } from '../instants';
import { numberedPage, pageAnswer, pageUpTo } from '../paging';
import { route, type Route } from '../route';

const params = z.object({
  id: z.string().min(1).max(200).meta({ description: 'Id or name.' }),
});

/** The loans of a resource, for admins. */
export const loanRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/resources/{id}/loans',
    operationId: 'listResourceLoans',
    summary: 'Show who had a resource and when, the newest loan first, or at one instant',
    access: 'admin',
    params,
    query: loanQuery,
    answers: { 200: { description: 'A page of loans.', body: loanList } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services: { loans }, params: { id }, query, url }) => {
      if (query.at !== undefined) {
        const found = await loans.at(id, query.at);
        return pageUpTo(found ? [found] : [], null, url, loanOf);
      }
      const found = await loans.ofResource(id, numberedPage(query));
      return pageAnswer(found, query, url, ({ generation }) => String(generation), loanOf);
    },
  }),
];

function loanOf({ reservationId, userId, userName, startedAt, endedAt }: Loan): LoanAnswer {
  return {
    reservation: reservationId,
    user: { id: userId, name: userName },
    since: instantOf(startedAt),
    until: instantOf(endedAt),
  };
}
