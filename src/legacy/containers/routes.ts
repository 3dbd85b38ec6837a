import type { Request } from 'express';
import { z } from 'zod';
import { loginName, shortLoginPassword } from '../../api/access';
import type { DomainError, ErrorCode } from '../../domain/errors';
import { isAvailable } from '../../domain/lifecycle/resource';
import { isAdmin } from '../../domain/people/user';
import type { Services } from '../../service/services';
import { systemUser } from '../system-users';
import { route, type Answer, type Route } from '../../http/route';
import { listContainers, listLoans } from './inventory';
import { releaseAll, reserve } from './loans';
import { errorBody, token, tokenQuery, wholeNumber } from '../fields';
import { refuseHead, type Gate, type Need } from '../gate';
import { linkToMore, sharedBody } from '../shared';

/** The statuses of this API; any other error is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  method_not_allowed: 405,
  busy: 503,
};

/** The original's password for users who chose none. */
const OPEN_PASSWORD = 'test';
const PASSWORD_BYTES = 18;

const reserveQuery = z.object({
  token,
  username: loginName,
  password: shortLoginPassword.optional(),
  count: wholeNumber.default(1),
  duration: wholeNumber.optional(),
});
/** A list goes on after the container of this name, which `Link` names. */
const listQuery = tokenQuery.extend({ after: z.string().max(200).optional() });
const status = z.literal('success');
const container = z.object({ container: z.string(), host: z.string(), port: z.number().int() });
const reserved = z.object({
  status,
  username: z.string(),
  password: z.string(),
  containers: z.array(container),
  reserved_until: z.string().nullable(),
  duration_minutes: z.number().nullable(),
});
const loan = z.object({
  username: z.string(),
  container: z.string(),
  expiration_time: z.string().nullable(),
  time_remaining: z.string().nullable(),
});
const failure = z.object({ error: z.string(), details: z.string() });
const refusals = {
  400: { description: 'The request is wrong; the answer says why.', body: errorBody },
  401: { description: 'The credential is missing or wrong.', body: errorBody },
};

/**
 * The container manager API: minutes, everything by GET, a user in each container. No route makes a
 * container; the pool does.
 */
export function containerRoutes(gate: Gate): Route[] {
  const by = (need: Need) => ({
    formatError,
    authenticate: (request: Request, services: Services) => {
      refuseHead(request);
      return gate.authenticate(request, services, need, () => systemUser(services, 'containers'));
    },
  });
  return [...loanRoutes(gate, by), ...listRoutes(gate, by('read'))];
}

type Authenticated = Pick<Route, 'formatError' | 'authenticate'>;

function loanRoutes(gate: Gate, by: (need: Need) => Authenticated): Route[] {
  return [
    route({
      ...by('reserve'),
      method: 'get',
      path: '/reserve',
      changes: true,
      operationId: 'containersReserve',
      summary: 'Reserve containers, with a user of your own in each',
      access: 'reserve',
      query: reserveQuery,
      answers: {
        200: { description: 'The login works in every container.', body: reserved },
        ...refusals,
        500: { description: 'Access could not be opened; nothing is reserved.', body: failure },
      },
      errors: [
        'unauthenticated',
        'invalid',
        'unavailable_now',
        'over_maximum',
        'unsupported',
        'too_many_classes',
      ],
      handle: ({ services, query, principal, context, signal }) => {
        const { username, password, count, duration } = query;
        const chosen =
          password ?? (gate.isOpen ? OPEN_PASSWORD : services.engine.random.secret(PASSWORD_BYTES));
        return reserve(
          services,
          principal,
          { access: { username, password: chosen }, count, minutes: duration },
          context,
          signal,
        );
      },
    }),
    route({
      ...by('admin'),
      method: 'get',
      path: '/release_all',
      changes: true,
      whenFull: true,
      operationId: 'containersReleaseAll',
      summary: 'End all its reservations',
      access: 'admin',
      query: tokenQuery,
      answers: {
        200: {
          description: 'All logins are closed.',
          body: z.object({ status, message: z.string() }),
        },
        401: refusals[401],
        500: {
          description: 'Everything is released, but some logins are not closed yet.',
          body: failure,
        },
      },
      errors: [],
      handle: ({ services }) => releaseAll(services),
    }),
  ];
}

function listRoutes(gate: Gate, reading: Authenticated): Route[] {
  return [
    route({
      ...reading,
      method: 'get',
      path: '/available',
      operationId: 'containersListContainers',
      summary: 'List available and unavailable containers',
      access: 'read',
      query: listQuery,
      answers: {
        200: {
          description: 'Names, in natural order.',
          body: z.object({ available: z.array(z.string()), reserved: z.array(z.string()) }),
        },
        401: refusals[401],
      },
      errors: [],
      handle: async ({ services, query: { after } }) => {
        const list = await listContainers(services.engine, after);
        const names = (available: boolean) =>
          list.containers
            .filter(({ resource }) => isAvailable(resource) === available)
            .map(({ resource }) => resource.name);
        const body = sharedBody(list, 'available', () => ({
          available: names(true),
          reserved: names(false),
        }));
        return { status: 200, body, headers: linkToMore('/available', list.after), shared: true };
      },
    }),
    route({
      ...reading,
      method: 'get',
      path: '/reservations',
      operationId: 'containersListReservations',
      summary: 'List active reservations; in guarded mode your own, or all for an admin',
      access: 'read',
      query: listQuery,
      answers: {
        200: {
          description: 'One entry for each container.',
          body: z.object({ reservations: z.array(loan) }),
        },
        401: refusals[401],
      },
      errors: [],
      handle: async ({ services, query, principal }) => {
        const userId = gate.isOpen || isAdmin(principal) ? null : principal.userId;
        const list = await listLoans(services.engine, userId, query.after);
        const body = sharedBody(list, 'loans', () => ({ reservations: list.reservations }));
        return {
          status: 200,
          body,
          headers: linkToMore('/reservations', list.after),
          shared: true,
        };
      },
    }),
  ];
}

function formatError({ code, message }: DomainError): Answer {
  return { status: STATUS[code] ?? 400, body: { error: message } };
}
