import type { Request } from 'express';
import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import type { Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { instantOf } from '../../http/instants';
import { route, type Answer, type Route } from '../../http/route';
import { viewReservation } from '../../service/loans/views';
import type { Services } from '../../service/services';
import { credentialOf } from '../presented-credentials';
import { errorBody, inMinutes, token, tokenQuery, wholeNumber } from '../fields';
import type { Gate } from '../gate';
import { findOwnLive, requestAccount } from './accounts';

/** The statuses of this API; any other error is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  busy: 503,
};

const params = z.object({ id: z.string() });
const newReservation = z.object({
  token,
  type: z.string().min(1).max(63).default('free'),
  duration: wholeNumber.optional(),
});

const reservationBody = z.object({
  id: z.string(),
  expiration: z.string().nullable(),
  token: z.object({ id: z.string() }),
  credentials: z.record(z.string(), z.unknown()).nullable(),
});
const refused = { description: 'The token is unknown.', body: errorBody };
const unknown = {
  401: refused,
  404: {
    description: "The reservation is unknown, over, or another token's.",
    body: errorBody,
  },
};

/** The account pool API: minutes, the token in the query, 302 to a reservation that is polled. */
export function acctpoolRoutes(gate: Gate): Route[] {
  const common = {
    access: 'reserve',
    formatError,
    authenticate: (request: Request, services: Services) => admitToken(gate, request, services),
  } as const;
  return [
    route({
      ...common,
      method: 'post',
      path: '/reservations',
      operationId: 'acctpoolCreateReservation',
      summary: 'Request an account',
      query: newReservation,
      answers: {
        302: { description: 'Location is the reservation, with your token.' },
        400: { description: 'The request is wrong; the answer says why.', body: errorBody },
        401: refused,
      },
      errors: ['unauthenticated', 'invalid', 'over_maximum', 'unsatisfiable', 'too_many_classes'],
      handle: async ({ services, query, principal, context }) => {
        const { type, duration: minutes, token: secret } = query;
        const wish = { type, minutes };
        const id = await requestAccount(services, principal, wish, context).catch(inMinutes);
        return { status: 302, headers: { Location: locationOf(id, secret) } };
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/reservations/{id}',
      operationId: 'acctpoolGetReservation',
      summary: 'Show a reservation, with credentials once it has an account',
      params,
      query: tokenQuery,
      answers: {
        200: {
          description: 'The reservation; expiration and credentials are null while it is pending.',
          body: reservationBody,
        },
        ...unknown,
      },
      errors: ['not_found'],
      handle: async ({ services, params: { id }, principal }) =>
        show(services, principal, await findOwnLive(services, principal, id)),
    }),
    route({
      ...common,
      method: 'delete',
      whenFull: true,
      path: '/reservations/{id}',
      operationId: 'acctpoolEndReservation',
      summary: 'Give the account back, or stop waiting',
      params,
      query: tokenQuery,
      answers: { 204: { description: 'The reservation has ended.' }, ...unknown },
      errors: ['not_found'],
      handle: async ({ services, params: { id }, principal }) => {
        await findOwnLive(services, principal, id);
        await services.reservations.release(principal, id);
        return { status: 204 };
      },
    }),
  ];
}

/** Every call of this API carries a token, in every mode. */
async function admitToken(gate: Gate, request: Request, services: Services): Promise<Principal> {
  gate.checkTrusted(request);
  const principal = credentialOf(request) && (await gate.identify(request, services));
  if (!principal?.scopes.includes('reserve'))
    throw new DomainError('unauthenticated', 'Token not authorized.');
  return principal;
}

function locationOf(id: string, secret: string | undefined): string {
  const query = secret === undefined ? '' : `?token=${encodeURIComponent(secret)}`;
  return `/reservations/${id}${query}`;
}

async function show(
  { engine }: Services,
  principal: Principal,
  reservation: Reservation,
): Promise<Answer> {
  const view = await viewReservation(engine, principal, reservation);
  const credentials = view.resources[0]?.credentials ?? null;
  const expiration = view.status === 'active' ? instantOf(view.endsAt) : null;
  return {
    status: 200,
    body: { id: view.id, expiration, token: { id: view.apiTokenId ?? view.userId }, credentials },
  };
}

function formatError({ code, message }: DomainError): Answer {
  const status = STATUS[code] ?? 400;
  return { status, body: { error: status === 401 ? 'Token not authorized.' : message } };
}
