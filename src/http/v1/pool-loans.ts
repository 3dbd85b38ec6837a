import { z } from 'zod';
import { pageQuery } from '../../api/common';
import { holderList, type HolderAnswer } from '../../api/pool-loans';
import type { SeenHolder, SeenPerson } from '../../service/pools/pool-loans';
import { instantOf } from '../instants';
import { pageAnswer, pageOf } from '../paging';
import { route, type Route } from '../route';

const params = z.object({ name: z.string().min(1).max(63) });

/** The people of a pool: those who hold something of it, and those who wait. */
export const poolLoanRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/pools/{name}/holders',
    summary: 'List what is lent of a pool, since when, until when, and to whom if it shares that',
    access: 'read',
    params,
    query: pageQuery,
    answers: { 200: { description: 'A page of loans.', body: holderList } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { name }, query, principal, url }) =>
      pageAnswer(
        await services.poolLoans.holders(principal, name, pageOf(query)),
        query,
        url,
        ({ resourceId }) => resourceId,
        holderOf,
      ),
  }),
];

function holderOf(loan: SeenHolder): HolderAnswer {
  const { resourceId: id, resource: name, type, status, since, until } = loan;
  return {
    resource: { id, name, type },
    reservationId: loan.reservationId,
    holder: personOf(loan),
    mine: loan.isOwn,
    status: status as HolderAnswer['status'],
    since: instantOf(since),
    until: instantOf(until),
  };
}

function personOf({ person }: SeenPerson): HolderAnswer['holder'] {
  return person && { userId: person.id, name: person.name };
}
