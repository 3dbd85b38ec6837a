import { z } from 'zod';
import { pageQuery } from '../../api/common';
import {
  holderList,
  queueList,
  queueQuery,
  type HolderAnswer,
  type QueueEntryAnswer,
} from '../../api/pool-loans';
import { QUEUE_PARTS, type QueueCursor } from '../../domain/queue/pool-queue';
import type { SeenHolder, SeenPerson, SeenRequest } from '../../service/pools/pool-loans';
import { instantOf } from '../instants';
import { pageAnswer, pageOf, pageUpTo, unknownCursor } from '../paging';
import { route, type Route } from '../route';

const params = z.object({ name: z.string().min(1).max(63).describe('The name of the pool.') });

/** The people of a pool: those who hold something of it, and those who wait. */
export const poolLoanRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/pools/{name}/holders',
    operationId: 'listPoolHolders',
    summary: 'List what is lent of a pool, since when, until when, and to whom if it shares that',
    description:
      'Names of others are shown to admins, and to everybody if the pool says `shareHolders`.',
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
  route({
    method: 'get',
    path: '/v1/pools/{name}/queue',
    operationId: 'listPoolQueue',
    summary: 'List the requests that wait for anything of a pool, in order',
    description:
      'Names of others are shown to admins, and to everybody if the pool says `shareHolders`.',
    access: 'read',
    params,
    query: queueQuery,
    answers: {
      200: { description: 'A page of requests; it may be short.', body: queueList },
    },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { name }, query, principal, url }) => {
      const { limit } = query;
      const { after } = pageOf(query);
      const page = { after: after === null ? null : cursorOf(after), limit };
      const { requests, next } = await services.poolLoans.queue(principal, name, page);
      return pageUpTo(requests, next && textOf(next), url, requestOf);
    },
  }),
];

/** Shows a request as far as it waits for one pool. */
export function requestOf({ person, isOwn, since, ...rest }: SeenRequest): QueueEntryAnswer {
  return { ...rest, user: personOf({ person }), mine: isOwn, since: instantOf(since) };
}

function textOf({ part, resourceId, rank, reservationId }: QueueCursor): string {
  return [part[0], resourceId, rank, reservationId].join('/');
}

/** Errors: `invalid` for a text that `textOf` never gave. */
function cursorOf(text: string): QueueCursor {
  const [, letter, resourceId = '', rank, reservationId = ''] =
    /^([onp])\/([^/]*)\/(-?\d{1,16})\/([^/]*)$/.exec(text) ?? [];
  const part = QUEUE_PARTS.find((name) => name[0] === letter);
  if (!part) throw unknownCursor();
  return { part, resourceId, rank: Number(rank), reservationId };
}

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

/** Shows a person, as far as the caller may know. */
export function personOf({ person }: Pick<SeenPerson, 'person'>): HolderAnswer['holder'] {
  return person && { userId: person.id, name: person.name };
}
