import type { Request } from 'express';
import { z } from 'zod';
import type { DomainError, ErrorCode } from '../../domain/errors';
import { route, type Answer, type Route } from '../../http/route';
import type { Services } from '../../service/services';
import { errorBody, tokenQuery as query } from '../fields';
import type { Gate, Need } from '../gate';
import { systemUser } from '../system-users';
import { LentTokens } from './lent-tokens';

/** The statuses of this API; any other error is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  unavailable_now: 404,
  unsupported_media_type: 400,
  busy: 503,
};

const params = z.object({ uuid: z.string() });
const deletion = z
  .looseObject({ token: z.string().optional(), token_uuid: z.string().optional() })
  .transform(({ token, token_uuid: uuid }) => token ?? uuid ?? '')
  .meta({ example: { token: 'fa496c42-6100-4838-9774-6683b3688cd2', token_uuid: 'x' } });
const said = { 200: { description: 'Done.', body: z.object({ response: z.string() }) } };
const refusals = { 401: { description: 'The credential is missing or wrong.', body: errorBody } };
/** The body of errors about a given token. */
export const tokenErrors = z.array(z.string());
const unknown = {
  400: { description: 'The token is unknown or not yours.', body: tokenErrors },
  ...refusals,
};

/** The token pool API: tokens that live while they are kept alive, lent for a minute at a time. */
export function tokenRoutes(gate: Gate): Route[] {
  const authenticate = (need: Need) => (request: Request, services: Services) =>
    gate.authenticate(request, services, need, () => systemUser(services, 'tokens'));
  return [...poolRoutes(authenticate), ...oneTokenRoutes(authenticate)];
}

function tokensOf(services: Services): LentTokens {
  return new LentTokens(services);
}

type Authenticate = (need: Need) => NonNullable<Route['authenticate']>;

function poolRoutes(authenticate: Authenticate): Route[] {
  const common = {
    path: '/api/token_pool/',
    access: 'admin',
    authenticate: authenticate('admin'),
    query,
  } as const;
  return [
    route({
      ...common,
      method: 'post',
      operationId: 'tokenPoolCreateToken',
      summary: 'Create a token',
      formatError,
      answers: {
        200: { description: 'The token.', body: z.object({ token: z.string() }) },
        ...refusals,
      },
      errors: ['unauthenticated', 'not_found', 'unsupported', 'invalid'],
      handle: async ({ services, context, principal }) => {
        const token = await tokensOf(services).add(context);
        await services.authentication.recheck(principal);
        return { status: 200, body: { token } };
      },
    }),
    route({
      ...common,
      method: 'delete',
      operationId: 'tokenPoolDeleteToken',
      summary: 'Delete a token, blocked or not',
      formatError: formatTokenError,
      body: deletion,
      answers: { ...said, ...unknown },
      errors: ['not_found'],
      handle: async ({ services, body: value, principal }) => {
        await tokensOf(services).delete(principal, value);
        return done('Token deleted successfully');
      },
    }),
  ];
}

function oneTokenRoutes(authenticate: Authenticate): Route[] {
  const common = {
    method: 'post',
    access: 'reserve',
    authenticate: authenticate('reserve'),
    query,
  } as const;
  const ofToken = {
    ...common,
    params,
    formatError: formatTokenError,
    answers: { ...said, ...unknown },
    errors: ['not_found'] as ErrorCode[],
  };
  return [
    route({
      ...common,
      path: '/api/block_token/',
      operationId: 'tokenPoolBlockToken',
      summary: 'Block a free token',
      formatError,
      answers: {
        200: { description: 'A random free token.', body: z.object({ blocked_token: z.string() }) },
        404: { description: 'No token is free.', body: errorBody },
        ...refusals,
      },
      errors: ['unauthenticated', 'unavailable_now', 'over_maximum', 'invalid'],
      handle: async ({ services, principal, context }) => ({
        status: 200,
        body: { blocked_token: await tokensOf(services).block(principal, context) },
      }),
    }),
    route({
      ...ofToken,
      path: '/api/keep_alive/{uuid}',
      whenFull: true,
      operationId: 'tokenPoolKeepTokenAlive',
      summary: 'Keep a token, and your block of it, alive',
      handle: async ({ services, params: { uuid }, principal, context }) => {
        await tokensOf(services).keepAlive(principal, uuid, context);
        return done('Token refreshed successfully');
      },
    }),
    route({
      ...ofToken,
      path: '/api/unblock_token/{uuid}',
      whenFull: true,
      operationId: 'tokenPoolUnblockToken',
      summary: 'Give a token back',
      handle: async ({ services, params: { uuid }, principal }) => {
        await tokensOf(services).unblock(principal, uuid);
        return done('Token unblocked successfully');
      },
    }),
  ];
}

function done(response: string): Answer {
  return { status: 200, body: { response } };
}

function formatError({ code, message }: DomainError): Answer {
  return { status: STATUS[code] ?? 400, body: { error: message } };
}

/** All errors about a given token have the same answer. */
function formatTokenError(error: DomainError): Answer {
  const known = STATUS[error.code];
  return known === undefined || known === 404
    ? { status: 400, body: ['Invalid token id'] }
    : formatError(error);
}
