import type { z } from 'zod';
import { eventList, eventQuery } from '../../api/events';
import type { Principal } from '../../domain/people/user';
import type { EventQuery, Events } from '../../service/events/events';
import { pageUpTo, numberedCursor } from '../paging';
import { route, type Answer, type Route } from '../route';
import { eventAnswer } from '../../service/events/event-answer';
import { eventStream } from './event-stream';

/** How many events an export reads at once. */
const BATCH = 500;

/** Events: everybody's for admins, and for others those that are about them. */
export const eventRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/events',
    operationId: 'listEvents',
    summary: 'List what happened, when, and by whom',
    access: 'read',
    query: eventQuery,
    answers: {
      200: {
        description:
          'A page of events, or with `format=ndjson` all of them; with `Accept: text/event-stream` ' +
          'those to come, after `Last-Event-ID` if it is sent.',
        body: eventList,
        types: ['application/x-ndjson', 'text/event-stream'],
      },
    },
    errors: ['invalid', 'not_found'],
    handle: async (call) => {
      const { query, principal, url } = call;
      const { events } = call.services;
      const { limit, cursor, order, format, ...filter } = query;
      const asked = queryOf(filter);
      if (call.wantsStream()) return eventStream(call, asked);
      if (format === 'ndjson') return exported(events, principal, asked, order);
      const after = numberedCursor(cursor);
      const { found, next } = await events.list(principal, asked, { after, limit, order });
      return pageUpTo(found, next, url, eventAnswer);
    },
  }),
];

type Filter = Omit<z.output<typeof eventQuery>, 'limit' | 'cursor' | 'order' | 'format'>;

function queryOf({ type, ...rest }: Filter): EventQuery {
  return { ...rest, ...(type ? { types: type } : {}) };
}

/** The first page is read before the answer begins, so that its errors are answers. */
async function exported(
  events: Events,
  principal: Principal,
  query: EventQuery,
  order: 'asc' | 'desc',
): Promise<Answer> {
  const end = await events.newest();
  const read = (after: number | null) =>
    events.list(principal, query, { after, limit: BATCH, order });
  let page = await read(null);
  async function* lines() {
    for (;;) {
      const found = page.found.filter(({ seq }) => seq <= end);
      if (found.length > 0)
        yield found.map((event) => `${JSON.stringify(eventAnswer(event))}\n`).join('');
      if (page.next === null || (order === 'asc' && page.next >= end)) return;
      page = await read(page.next);
    }
  }
  return { status: 200, headers: { 'Content-Type': 'application/x-ndjson' }, stream: lines() };
}
