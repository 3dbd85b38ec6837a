import type { Request } from 'express';
import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import type { Pool } from '../../domain/pools/pool';
import type { RequestItem, Reservation } from '../../domain/loans/reservation';
import type { Principal } from '../../domain/people/user';
import { legacyPools } from '../../service/pools/pools-file';
import type { Services } from '../../service/services';
import { atThisMoment, countStates, viewReservation } from '../../service/loans/views';
import { instantOf } from '../instants';
import { route, type Answer, type Route } from '../route';
import { anyBody, errorBody, inMinutes, token, tokenQuery, wholeNumber } from './fields';
import { credentialOf, type Gate } from './gate';

/** acctpool's own words; everything that it does not know of is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  busy: 503,
};

const MINUTE = 60_000;
const params = z.object({ id: z.string() });

const reservationBody = z.object({
  id: z.string(),
  expiration: z.string().nullable(),
  token: z.object({ id: z.string() }),
  credentials: z.record(z.string(), z.unknown()).nullable(),
});
const refused = { description: 'There is no such token.', body: errorBody };
const unknown = {
  401: refused,
  404: {
    description: "There is no such reservation, or it is over, or another token's.",
    body: errorBody,
  },
};

/** The account pool API: minutes, the token in the query, 302 to a reservation that is polled. */
export function acctpoolRoutes(services: Services, gate: Gate): Route[] {
  const common = {
    access: 'reserve',
    formatError,
    authenticate: (request: Request) => admitToken(services, gate, request),
  } as const;
  return [
    route({
      ...common,
      method: 'post',
      path: '/reservations',
      summary: 'acctpool: ask for an account',
      query: z.object({
        token,
        type: z.string().min(1).max(63).default('free'),
        duration: wholeNumber.optional(),
      }),
      body: anyBody,
      answers: {
        302: { description: 'Location is the reservation, with your token.' },
        400: { description: 'What is wrong.', body: errorBody },
        401: refused,
      },
      errors: ['invalid', 'over_maximum', 'unsatisfiable', 'too_many_classes'],
      handle: async ({ query, principal, context }) => {
        const items = await itemsFor(services, query.type);
        const duration = query.duration === undefined ? {} : { duration: query.duration * MINUTE };
        const id = await services.reservations
          .request(
            principal,
            { items, via: 'acctpool', ...duration },
            { ...context, idempotencyKey: null },
          )
          .catch(inMinutes);
        const location = `/reservations/${id}${query.token === undefined ? '' : `?token=${encodeURIComponent(query.token)}`}`;
        return { status: 302, headers: { Location: location } };
      },
    }),
    route({
      ...common,
      method: 'get',
      path: '/reservations/{id}',
      summary: 'acctpool: a reservation, with credentials once there is an account',
      params,
      query: tokenQuery,
      answers: {
        200: {
          description: 'expiration and credentials are null while it is pending.',
          body: reservationBody,
        },
        ...unknown,
      },
      errors: ['not_found'],
      handle: async ({ params: { id }, principal }) =>
        show(services, principal, await ownLive(services, principal, id)),
    }),
    route({
      ...common,
      method: 'delete',
      path: '/reservations/{id}',
      summary: 'acctpool: give the account back, or stop waiting',
      params,
      query: tokenQuery,
      body: anyBody,
      answers: { 204: { description: 'It has ended.' }, ...unknown },
      errors: ['not_found'],
      handle: async ({ params: { id }, principal }) => {
        await ownLive(services, principal, id);
        await services.reservations.release(principal, id);
        return { status: 204 };
      },
    }),
  ];
}

/** acctpool's statistics, which stand at `/` together with the welcome. */
export async function acctpoolStatistics(services: Services): Promise<Record<string, number>> {
  const { read } = services.engine.store;
  const names = (await legacyPools(services.engine)).acctpool;
  const pools = new Set(
    (await read.pools())
      .filter(({ kind, name }) => kind === 'account' && (names?.includes(name) ?? true))
      .map(({ id }) => id),
  );
  const counts = countStates((await read.counts()).filter(({ poolId }) => pools.has(poolId)));
  const pending = await read.waitingIn([...pools]);
  // Here a reservation is of one account: lent ones are as many as their reservations, by whichever
  // API they came.
  const total = pending + counts.allocated;
  return {
    tokens: await read.liveTokens(services.engine.store.now()),
    reservations: total,
    accounts: counts.total,
    total_reservations: total,
    pending_reservations: pending,
    total_accounts: counts.total,
    dirty_accounts: counts.dirty,
    reserved_accounts: counts.allocated,
    cleaning_accounts: counts.cleaning,
  };
}

/** Every call of this API bears a token, in every mode. */
async function admitToken(
  { authentication }: Services,
  gate: Gate,
  request: Request,
): Promise<Principal> {
  gate.checkTrusted(request);
  const presented = credentialOf(request);
  if (!presented) throw new DomainError('unauthenticated', 'Token not authorized.');
  const principal = await authentication.identify(presented);
  if (!principal.scopes.includes('reserve'))
    throw new DomainError('unauthenticated', 'Token not authorized.');
  return principal;
}

/** One account of a type, of the pools that this API sees. Errors: `invalid`. */
async function itemsFor({ engine }: Services, type: string): Promise<RequestItem[]> {
  const { acctpool } = await legacyPools(engine);
  const makes = (pool: Pool) =>
    pool.kind === 'account' &&
    (acctpool?.includes(pool.name) ?? true) &&
    pool.types.some(({ name }) => name === type);
  const there = await engine.store.read.pools();
  if (!there.some(makes))
    throw new DomainError('invalid', `There is no account type ${type}.`, 'type');
  return [
    {
      kind: 'account',
      type,
      count: 1,
      ...(acctpool === null
        ? {}
        : { pools: acctpool.filter((name) => there.some((pool) => pool.name === name)) }),
    },
  ];
}

/** Another token's, an unknown or an ended one: there is no such thing. */
async function ownLive(
  { engine }: Services,
  principal: Principal,
  id: string,
): Promise<Reservation> {
  const found = await engine.store.read.reservation(id);
  const own =
    found && found.userId === principal.userId && found.apiTokenId === principal.apiTokenId;
  if (!own || atThisMoment(found, engine.store.now()).status === 'ended')
    throw new DomainError('not_found', 'Reservation not found.');
  return found;
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
