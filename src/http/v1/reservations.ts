import { z } from 'zod';
import { id, waitQuery } from '../../api/common';
import {
  extension,
  newReservation,
  reservation,
  reservationList,
  reservationQuery,
  type NewReservation,
  type ReservationAnswer,
} from '../../api/reservations';
import { notFound } from '../../domain/errors';
import type { Reservation } from '../../domain/loans/reservation';
import { isAdmin, type Principal } from '../../domain/people/user';
import {
  mayTouch,
  untilAccessRevoked,
  type ReservationRequest,
} from '../../service/loans/reservations';
import {
  atThisMoment,
  viewReservation,
  type ResourceOfReservation,
  type ReservationView,
} from '../../service/loans/views';
import type { Services } from '../../service/services';
import { pageAnswer, pageOf } from '../paging';
import { route, type Answer, type Route } from '../route';
import { instantOf } from '../instants';

const path = '/v1/reservations';
const one = `${path}/{id}`;
const params = z.object({ id });
const answer = { description: 'The reservation.', body: reservation };

/** Borrowing. */
export function reservationRoutes(services: Services): Route[] {
  const { reservations, engine } = services;
  return [
    route({
      method: 'post',
      path,
      summary: 'Ask for resources: all items at once, or a place in line',
      access: 'reserve',
      query: waitQuery,
      body: newReservation,
      answers: {
        201: {
          ...answer,
          description:
            'Active; or ended meanwhile, if `giveUpSeconds` ran out while the answer was held.',
        },
        202: { ...answer, description: 'Queued or being prepared; poll Location.' },
      },
      errors: [
        'invalid',
        'not_found',
        'too_many_classes',
        'unavailable_now',
        'too_many_active',
        'too_many_queued',
        'queue_full',
        'unsatisfiable',
        'over_maximum',
        'unsupported',
        'idempotency_mismatch',
      ],
      handle: async ({ body, principal, context, wait, signal }) => {
        const { id: reservationId, reservation: made } = await reservations.submit(
          principal,
          requestOf(body),
          context,
        );
        // Who has got it has it; who waits may have been served by what was committed along with
        // it.
        const first = await (made?.status === 'active'
          ? viewReservation(engine, principal, made)
          : seen(services, principal, reservationId));
        return created(await settled(services, principal, first, wait, signal), wait);
      },
    }),
    route({
      method: 'get',
      path,
      summary: "One's reservations; all of them for an admin",
      access: 'read',
      query: reservationQuery,
      answers: { 200: { description: 'A page of reservations.', body: reservationList } },
      errors: ['invalid'],
      handle: async ({ query, principal, url }) => {
        const userId = isAdmin(principal) ? query.user : principal.userId;
        const found = await engine.store.read.reservations(
          { userId, status: query.status },
          pageOf(query),
        );
        const now = engine.store.now();
        return pageAnswer(
          found,
          query,
          url,
          (entry) => entry.id,
          (entry) => summaryOf(atThisMoment(entry, now)),
        );
      },
    }),
    route({
      method: 'get',
      path: one,
      summary: 'A reservation, with credentials for its holder while it is active',
      access: 'read',
      params,
      query: waitQuery,
      answers: { 200: answer },
      errors: ['not_found'],
      handle: async ({ params: { id: reservationId }, principal, wait, signal }) => {
        const view = await settled(
          services,
          principal,
          await seen(services, principal, reservationId),
          wait,
          signal,
        );
        return { status: 200, body: answerOf(view), headers: applied(wait) };
      },
    }),
    ...leaseRoutes(services),
  ];
}

function leaseRoutes(services: Services): Route[] {
  const { reservations, engine } = services;
  const current = async (principal: Principal, reservationId: string): Promise<Answer> => ({
    status: 200,
    body: answerOf(await seen(services, principal, reservationId)),
  });
  return [
    route({
      method: 'patch',
      path: one,
      summary: 'Extend the lease',
      access: 'reserve',
      params,
      body: extension,
      answers: { 200: answer },
      errors: ['invalid', 'not_found', 'conflict', 'lease_over', 'over_maximum'],
      handle: async ({ params: { id: reservationId }, body, principal }) => {
        await reservations.extend(principal, reservationId, body.extendSeconds * 1000);
        return current(principal, reservationId);
      },
    }),
    route({
      method: 'post',
      path: `${one}/heartbeat`,
      summary: 'Keep the lease alive',
      access: 'reserve',
      params,
      answers: { 200: answer },
      errors: ['not_found', 'conflict', 'lease_over'],
      handle: async ({ params: { id: reservationId }, principal, context }) => {
        await reservations.heartbeat(principal, reservationId, context);
        return current(principal, reservationId);
      },
    }),
    route({
      method: 'delete',
      path: one,
      summary: 'Release, or stop waiting; an admin revokes',
      access: 'reserve',
      params,
      query: z.strictObject({
        wait: waitQuery.shape.wait.meta({
          description:
            'Hold the answer for up to so many seconds until what was opened for the holder is closed.',
        }),
      }),
      answers: { 204: { description: 'It has ended.' } },
      errors: ['not_found'],
      handle: async ({ params: { id: reservationId }, principal, wait }) => {
        await reservations.release(principal, reservationId);
        if (wait > 0) await untilAccessRevoked(engine, [reservationId], wait * 1000);
        return { status: 204, headers: applied(wait) };
      },
    }),
  ];
}

function requestOf(body: NewReservation): ReservationRequest {
  const { durationSeconds, queueTimeoutSeconds, ...rest } = body;
  const request: ReservationRequest = rest;
  if (durationSeconds !== undefined)
    request.duration = durationSeconds === null ? null : durationSeconds * 1000;
  if (queueTimeoutSeconds !== undefined) request.queueTimeout = queueTimeoutSeconds * 1000;
  return request;
}

/** The reservation once it is neither queued nor preparing, or when the caller's patience ends. */
async function settled(
  services: Services,
  principal: Principal,
  first: ReservationView,
  wait: number,
  signal: () => AbortSignal,
): Promise<ReservationView> {
  const { engine, waiting } = services;
  const { id } = first;
  if (wait === 0 || !pending(first)) return first;
  await waiting.until(
    id,
    async () => !pending(await engine.store.read.reservation(id)),
    wait * 1000,
    signal(),
  );
  return seen(services, principal, id);
}

function pending(reservation: { status: string } | null): boolean {
  return reservation?.status === 'queued' || reservation?.status === 'preparing';
}

async function seen(
  { engine }: Services,
  principal: Principal,
  id: string,
): Promise<ReservationView> {
  const found = await engine.store.read.reservation(id);
  if (!found || !mayTouch(principal, found)) throw notFound('reservation', id);
  return viewReservation(engine, principal, found);
}

function created(view: ReservationView, wait: number): Answer {
  return {
    status: pending(view) ? 202 : 201,
    body: answerOf(view),
    headers: { Location: `${path}/${view.id}`, ...applied(wait) },
  };
}

function applied(wait: number): Record<string, string> {
  return wait > 0 ? { 'Preference-Applied': `wait=${wait}` } : {};
}

function summaryOf(view: Reservation): Omit<ReservationAnswer, 'resources'> {
  const { id: reservationId, status, endReason, endDetail, priority, userId, note, items } = view;
  const times = {
    requestedAt: instantOf(view.requestedAt),
    startsAt: instantOf(view.startsAt),
    endsAt: instantOf(view.endsAt),
    heartbeatBy: instantOf(view.heartbeatBy),
    endedAt: instantOf(view.endedAt),
  };
  const place = { position: null, positionIsExact: true, waitingFor: null };
  return {
    id: reservationId,
    status,
    endReason,
    endDetail,
    ...place,
    priority,
    ...times,
    userId,
    note,
    items: items.map((item) => ({ ...item })),
  };
}

function answerOf(view: ReservationView): ReservationAnswer {
  const { position, positionIsExact, waitingFor } = view;
  return Object.assign(summaryOf(view), {
    position,
    positionIsExact,
    waitingFor,
    resources: view.resources.map(heldOf),
  });
}

function heldOf({
  resource,
  pool,
  item,
  generation,
  details,
  credentials,
  rotates,
}: ResourceOfReservation): ReservationAnswer['resources'][number] {
  const { id: resourceId, name, kind, type } = resource;
  return {
    id: resourceId,
    name,
    pool,
    kind,
    type,
    item,
    generation,
    details: present(details),
    credentials: credentials && present(credentials),
    rotates,
  };
}

/** Without the fields that a driver left undefined. */
function present(
  fields: Record<string, string | number | undefined>,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    ),
  );
}
