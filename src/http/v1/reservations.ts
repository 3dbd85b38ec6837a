import { z } from 'zod';
import { id, reason, waitQuery } from '../../api/common';
import { newReservation, reservationChange } from '../../api/new-reservation';
import { reservation } from '../../api/reservation';
import { oneReservationQuery, reservationList, reservationQuery } from '../../api/reservation-list';
import { requireNotUnserved } from '../../domain/loans/unserved';
import type { Principal } from '../../domain/people/user';
import { waitingWords } from '../../domain/queue/waiting-words';
import { isPending } from '../../service/loans/views';
import type { Services } from '../../service/services';
import { pageOf, pageUpTo } from '../paging';
import { route, type Answer, type Route } from '../route';
import {
  answerOf,
  changeOf,
  eventsWith,
  renderSummary,
  requestOf,
  waitingOf,
} from './reservation-bodies';
import { findServed, whenServed } from './served';

const path = '/v1/reservations';
const one = `${path}/{id}`;
const params = z.object({ id: id.describe('The id of the reservation.') });
const answer = { description: 'The reservation.', body: reservation };

/** Borrowing. */
export const reservationRoutes: Route[] = [
  route({
    method: 'post',
    path,
    operationId: 'createReservation',
    summary: 'Request resources: all items at once, or a place in the queue',
    description:
      'All items are lent together, or the request waits in a queue for all of them: 202, ' +
      'unless `queueTimeoutSeconds` is 0. With `?wait=` the answer is held until it has been ' +
      'served. 409 `not_served` means that it ended without a loan.',
    access: 'reserve',
    query: waitQuery,
    body: newReservation,
    answers: {
      201: { ...answer, description: 'Active; or served before, and ended since.' },
      202: { ...answer, description: 'Queued or preparing; poll Location.' },
    },
    errors: [
      'invalid',
      'forbidden',
      'not_found',
      'too_many_classes',
      'unavailable_now',
      'not_served',
      'unauthenticated',
      'too_many_active',
      'too_many_queued',
      'queue_full',
      'unsatisfiable',
      'over_maximum',
      'unsupported',
      'idempotency_mismatch',
    ],
    handle: async ({ services, body, principal, context, wait, signal }) => {
      const { reservations } = services;
      const made = await reservations.submit(principal, requestOf(body), context);
      // An answer that is held shows the reservation once, when it has been served.
      const isHeld = wait > 0 && made.reservation !== null && isPending(made.reservation);
      const view = isHeld
        ? await findServed(services, principal, made.id, wait, signal)
        : await whenServed(
            services,
            principal,
            await reservations.findSubmitted(principal, made),
            wait,
            signal,
          );
      requireNotUnserved(view);
      return {
        status: isPending(view) ? 202 : 201,
        body: answerOf(view),
        headers: { Location: `${path}/${view.id}`, ...waited(wait) },
      };
    },
  }),
  route({
    method: 'get',
    path,
    operationId: 'listReservations',
    summary: "List the caller's reservations; everybody's for an admin",
    description:
      'A page may hold fewer than `limit` entries although more follow: go by `nextCursor`.',
    access: 'read',
    query: reservationQuery,
    answers: {
      200: {
        description: 'A page of reservations; it may be short although more follow.',
        body: reservationList,
      },
    },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, query, principal, url }) => {
      const { limit, cursor, expand, ...filters } = query;
      const { after } = pageOf({ limit, cursor });
      const { entries, next } = await services.reservations.list(
        principal,
        filters,
        { after, limit },
        expand?.has('details'),
      );
      const ids = entries.map(({ id: each }) => each);
      const eventsOf = await eventsWith(expand, services, principal, ids);
      return pageUpTo(entries, next, url, (entry) =>
        renderSummary({ ...entry, events: undefined, ...eventsOf(entry.id) }),
      );
    },
  }),
  route({
    method: 'get',
    path: one,
    operationId: 'getReservation',
    summary: 'Show a reservation, with credentials for its holder while it is active',
    description: '`credentials` are shown to the holder alone, and only while the lease lasts.',
    access: 'read',
    params,
    query: oneReservationQuery,
    answers: { 200: answer },
    errors: ['invalid', 'unauthenticated', 'not_found'],
    handle: async ({ services, params: { id: reservationId }, principal, query, wait, signal }) => {
      const first = await services.reservations.find(principal, reservationId);
      const view = await whenServed(services, principal, first, wait, signal);
      const items = await services.reservations.whyWaiting(view);
      const waiting = items && {
        waiting: items.map(waitingOf),
        waitingFor: waitingWords(view, items),
      };
      const eventsOf = await eventsWith(query.expand, services, principal, [view.id]);
      const body = { ...answerOf(view), ...waiting, ...eventsOf(view.id) };
      return { status: 200, body, headers: waited(wait) };
    },
  }),
  route({
    method: 'patch',
    path: one,
    takesKey: true,
    whenFull: true,
    operationId: 'updateReservation',
    summary: 'Extend the lease, or change the note',
    description:
      'An extension counts from the present end, up to the maximum of the pools. A lease that ' +
      'is over cannot be extended.',
    access: 'reserve',
    params,
    body: reservationChange,
    answers: { 200: answer },
    errors: [
      'invalid',
      'not_found',
      'conflict',
      'lease_over',
      'over_maximum',
      'idempotency_mismatch',
    ],
    handle: async ({ services, params: { id: reservationId }, body, principal, context }) => {
      await services.reservations.change(principal, reservationId, changeOf(body), context);
      return show(services, principal, reservationId);
    },
  }),
  route({
    method: 'post',
    path: `${one}/heartbeat`,
    whenFull: true,
    operationId: 'heartbeatReservation',
    summary: 'Keep the lease alive',
    description: 'Needed only where `heartbeatBy` is set: without it the lease ends then.',
    access: 'reserve',
    params,
    answers: { 200: answer },
    errors: ['not_found', 'conflict', 'lease_over'],
    handle: async ({ services, params: { id: reservationId }, principal, context }) => {
      await services.reservations.heartbeat(principal, reservationId, context);
      return show(services, principal, reservationId);
    },
  }),
  route({
    method: 'delete',
    path: one,
    whenFull: true,
    operationId: 'releaseReservation',
    summary: 'Release what is held, or leave the queue; an admin revokes',
    description: 'The lease is over at once; cleaning follows in the background.',
    access: 'reserve',
    params,
    query: z.strictObject({
      reason: reason.optional().describe('Why, in a few words; it stands in the event.'),
      wait: waitQuery.shape.wait.meta({
        description:
          "Hold the answer for up to this many seconds until the holder's access is closed.",
      }),
    }),
    answers: { 204: { description: 'The reservation has ended.' } },
    errors: ['not_found'],
    handle: async ({ services, params: { id: reservationId }, query, principal, wait, signal }) => {
      const { reservations, waiting } = services;
      await reservations.release(principal, reservationId, query.reason);
      if (wait > 0) {
        const until = waiting.orStopping(signal());
        await reservations.untilAccessRevoked(reservationId, wait * 1000, until);
      }
      return { status: 204, headers: waited(wait) };
    },
  }),
];

async function show({ reservations }: Services, principal: Principal, id: string): Promise<Answer> {
  return { status: 200, body: answerOf(await reservations.find(principal, id)) };
}

function waited(wait: number): Record<string, string> {
  return wait > 0 ? { 'Preference-Applied': `wait=${wait}` } : {};
}
