import type { Request } from 'express';
import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import type { Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { addLentToken, findLentToken } from '../../service/lent-tokens';
import { legacyPools } from '../../service/pools/pools-file';
import { mayTouch, type CallContext } from '../../service/loans/reservations';
import type { Services } from '../../service/services';
import { systemUser } from '../../service/system-users';
import { atThisMoment, viewReservation } from '../../service/loans/views';
import { route, type Answer, type Route } from '../route';
import { anyBody, errorBody, tokenQuery as query } from './fields';
import type { Gate, Need } from './gate';

/** The token pool's own words; everything that it does not know of is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  unavailable_now: 404,
  busy: 503,
};

/** To block is to borrow: there is none free, or no pool at all. */
const EXHAUSTED: ErrorCode[] = ['unavailable_now', 'unsatisfiable', 'not_found'];

const params = z.object({ uuid: z.string() });
const deletion = z
  .looseObject({ token: z.string().optional(), token_uuid: z.string().optional() })
  .transform(({ token, token_uuid: uuid }) => token ?? uuid ?? '');
const said = { 200: { description: 'Done.', body: z.object({ response: z.string() }) } };
const refusals = { 401: { description: 'A credential is needed.', body: errorBody } };
const unknown = {
  400: { description: 'There is no such token, or it is not yours.', body: z.array(z.string()) },
  ...refusals,
};

/** The token pool API: tokens that live while they are kept alive, lent for a minute at a time. */
export function tokenRoutes(services: Services, gate: Gate): Route[] {
  const authenticate = (need: Need) => (request: Request) =>
    gate.authenticate(request, need, () => systemUser(services, 'tokens'));
  return [...poolRoutes(services, authenticate), ...oneTokenRoutes(services, authenticate)];
}

type Admit = (need: Need) => NonNullable<Route['authenticate']>;

function poolRoutes(services: Services, authenticate: Admit): Route[] {
  const { engine, resources } = services;
  const path = '/api/token_pool/';
  return [
    route({
      method: 'post',
      path,
      summary: 'Token pool: make a token',
      access: 'admin',
      authenticate: authenticate('admin'),
      formatError,
      query,
      body: anyBody,
      answers: {
        200: { description: 'The token.', body: z.object({ token: z.string() }) },
        ...refusals,
      },
      errors: ['not_found', 'unsupported', 'invalid'],
      handle: async ({ context }) => ({
        status: 200,
        body: {
          token: await addLentToken(engine, (await legacyPools(engine)).tokens, {
            ...context,
          }),
        },
      }),
    }),
    route({
      method: 'delete',
      path,
      summary: 'Token pool: delete a token, blocked or not',
      access: 'admin',
      authenticate: authenticate('admin'),
      formatError: tokenWording,
      query,
      body: deletion,
      answers: { ...said, ...unknown },
      errors: ['not_found'],
      handle: async ({ body: value, principal }) => {
        const { resource } = await find(services, value);
        // First it leaves the pool, so that nobody gets it in between.
        await resources.delete(resource.id);
        const blocked = await blockOf(services, resource.id);
        if (blocked && mayTouch(principal, blocked))
          await services.reservations.release(principal, blocked.id);
        return done('Token deleted successfully');
      },
    }),
  ];
}

function oneTokenRoutes(services: Services, authenticate: Admit): Route[] {
  const { resources } = services;
  const common = {
    method: 'post',
    access: 'reserve',
    authenticate: authenticate('reserve'),
    query,
    body: anyBody,
  } as const;
  return [
    route({
      ...common,
      path: '/api/block_token/',
      summary: 'Token pool: block a free token',
      formatError,
      answers: {
        200: { description: 'A random free token.', body: z.object({ blocked_token: z.string() }) },
        404: { description: 'There is none.', body: errorBody },
        ...refusals,
      },
      errors: ['unavailable_now', 'over_maximum', 'invalid'],
      handle: ({ principal, context }) => block(services, principal, context),
    }),
    route({
      ...common,
      path: '/api/keep_alive/{uuid}',
      summary: 'Token pool: keep a token, and your block of it, alive',
      params,
      formatError: tokenWording,
      answers: { ...said, ...unknown },
      errors: ['not_found'],
      handle: async ({ params: { uuid }, principal, context }) => {
        const { resource } = await find(services, uuid);
        await resources.keepAlive(principal, resource.id, { ...context, idempotencyKey: null });
        return done('Token refreshed successfully');
      },
    }),
    route({
      ...common,
      path: '/api/unblock_token/{uuid}',
      summary: 'Token pool: give a token back',
      params,
      formatError: tokenWording,
      answers: { ...said, ...unknown },
      errors: ['not_found'],
      handle: async ({ params: { uuid }, principal }) => {
        const { resource } = await find(services, uuid);
        const blocked = await blockOf(services, resource.id);
        if (blocked) await services.reservations.release(principal, blocked.id);
        return done('Token unblocked successfully');
      },
    }),
  ];
}

async function block(
  services: Services,
  principal: Principal,
  context: CallContext,
): Promise<Answer> {
  const { engine, reservations } = services;
  const { tokens: pool } = await legacyPools(engine);
  const request = { items: [{ pool, count: 1 }], queueTimeout: 0, via: 'tokens' as const };
  const id = await reservations
    .request(principal, request, { ...context, idempotencyKey: null })
    .catch((error: unknown) => {
      throw error instanceof DomainError && EXHAUSTED.includes(error.code)
        ? new DomainError('unavailable_now', 'No free tokens')
        : error;
    });
  const { resources } = await viewReservation(
    engine,
    principal,
    (await engine.store.read.reservation(id))!,
  );
  return { status: 200, body: { blocked_token: resources[0]!.credentials!.token } };
}

async function find({ engine }: Services, value: string) {
  return findLentToken(engine, (await legacyPools(engine)).tokens, value);
}

/** The live loan of a token. */
async function blockOf(
  { engine: { store } }: Services,
  resourceId: string,
): Promise<Reservation | null> {
  const { holder } = (await store.read.resource(resourceId))!;
  const found = holder && (await store.read.reservation(holder.reservationId));
  return found && atThisMoment(found, store.now()).status === 'active' ? found : null;
}

function done(response: string): Answer {
  return { status: 200, body: { response } };
}

function formatError({ code, message }: DomainError): Answer {
  return { status: STATUS[code] ?? 400, body: { error: message } };
}

/** A call about one token knows one thing that can be wrong with it. */
function tokenWording(error: DomainError): Answer {
  const known = STATUS[error.code];
  return known === undefined || known === 404
    ? { status: 400, body: ['Invalid token id'] }
    : formatError(error);
}
