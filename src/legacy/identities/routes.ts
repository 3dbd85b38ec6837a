import type { Request } from 'express';
import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import type { IdempotencyKey } from '../../domain/idempotency';
import { SCOPES, type Principal } from '../../domain/people/user';
import { NOBODY } from '../../http/authenticate';
import { route, type Answer, type Route } from '../../http/route';
import type { Services } from '../../service/services';
import { token } from '../fields';
import type { Gate, Need } from '../gate';
import { Identities } from './identities';
import { checkRequestId, idempotencyKey } from './request-id';
import { requireIdentity } from './rules';
import {
  account,
  accountId,
  email,
  githubId,
  linkedEmail,
  linkedGithub,
  refusals,
  taken,
  unknown,
  username,
} from './schemas';

/** The statuses of this API; any other error is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  idempotency_mismatch: 422,
  busy: 503,
};

/** For the examples of bodies. */
const AN_ACCOUNT = 'fa496c42-6100-4838-9774-6683b3688cd2';

/** The one caller of open mode, who may write any identity. */
const ANYBODY: Principal = {
  ...NOBODY,
  userId: 'identities',
  userName: 'identities',
  shared: true,
  scopes: SCOPES.filter((scope) => scope !== 'admin'),
};

/** The identities API: the identities of users elsewhere; X-Request-ID makes writes repeatable. */
export function identityRoutes(gate: Gate): Route[] {
  return [...writes(gate), ...reads(gate)];
}

function identitiesOf({ engine }: Services): Identities {
  return new Identities(engine);
}

type Writing<Body> = Pick<Route, 'path' | 'operationId' | 'summary' | 'answers' | 'errors'> & {
  body: z.ZodType<Body>;
  /** The account to be changed; null for a new one. */
  subject: (body: Body) => string | null;
  /** Returns the bytes of the answer. */
  write: (
    identities: Identities,
    body: Body,
    key: IdempotencyKey,
    principal: Principal,
  ) => Promise<string>;
};

function writes(gate: Gate): Route[] {
  const writer = <Body>({ subject, write, ...definition }: Writing<Body>): Route =>
    route({
      ...definition,
      method: 'post',
      access: 'self',
      authenticate: (request, services) => admitWriter(gate, request, services),
      formatError,
      query: anyQuery,
      handle: async ({ services, body, principal, context }) => {
        requireIdentity(principal, subject(body));
        const { path } = definition;
        const key = idempotencyKey(principal, path, context.requestId!, body);
        return created(await write(identitiesOf(services), body, key, principal));
      },
    });
  return [
    writer({
      path: '/account',
      operationId: 'identitiesCreateAccount',
      summary: 'Create an account; guarded mode requires the scope identity:write',
      body: z.looseObject({ username }).meta({ example: { username: 'bobmarley' } }),
      answers: { 201: { description: 'The account.', body: account }, ...refusals, ...taken },
      errors: ['forbidden', 'conflict', 'idempotency_mismatch'],
      subject: () => null,
      write: (identities, body, key) => identities.createAccount(body.username, key),
    }),
    writer({
      path: '/emails',
      operationId: 'identitiesLinkEmail',
      summary: 'Link an e-mail address, unverified',
      body: z
        .looseObject({ accountId, email })
        .meta({ example: { accountId: AN_ACCOUNT, email: 'bob@example.com' } }),
      answers: {
        201: { description: 'The address.', body: linkedEmail },
        ...refusals,
        ...unknown,
        ...taken,
      },
      errors: ['forbidden', 'not_found', 'conflict', 'idempotency_mismatch'],
      subject: (body) => body.accountId,
      write: (identities, body, key) => identities.addEmail(body.accountId, body.email, key),
    }),
    writer({
      path: '/github-identifiers',
      operationId: 'identitiesLinkGithub',
      summary: 'Link a GitHub account, unverified',
      body: z
        .looseObject({ accountId, githubId })
        .meta({ example: { accountId: AN_ACCOUNT, githubId: 11368271 } }),
      answers: {
        201: { description: 'The GitHub account.', body: linkedGithub },
        ...refusals,
        ...unknown,
        ...taken,
      },
      errors: ['forbidden', 'not_found', 'conflict', 'idempotency_mismatch'],
      subject: (body) => body.accountId,
      write: (identities, body, key, { scopes }) => {
        const vouched = scopes.includes('identity:write');
        return identities.addGithubIdentifier(body.accountId, body.githubId, vouched, key);
      },
    }),
  ];
}

const anyQuery = z.object({ token });

function reads(gate: Gate): Route[] {
  const common = {
    method: 'get',
    access: 'read',
    authenticate: (request: Request, services: Services) =>
      authenticate(gate, request, services, 'read'),
    formatError,
    errors: ['not_found', 'forbidden'] as ErrorCode[],
  } as const;
  const answers = { 200: { description: 'The account.', body: account }, ...refusals, ...unknown };
  return [
    route({
      ...common,
      path: '/accounts/{id}',
      operationId: 'identitiesGetAccount',
      summary: 'Show an account by id',
      params: z.object({ id: accountId }),
      query: anyQuery,
      answers,
      handle: async ({ services, params: { id } }) => ({
        status: 200,
        body: await identitiesOf(services).account({ id }),
      }),
    }),
    route({
      ...common,
      path: '/accounts',
      operationId: 'identitiesFindAccount',
      summary: 'Show an account by username',
      query: z.object({ token, username: z.string().min(1).max(200) }),
      answers,
      handle: async ({ services, query }) => ({
        status: 200,
        body: await identitiesOf(services).account({ username: query.username }),
      }),
    }),
    route({
      ...common,
      path: '/github-identifiers',
      operationId: 'identitiesFindByGithub',
      summary: "Find the account linked to a GitHub account; others' require identity:write",
      query: z.object({ token, githubId }),
      answers: { ...answers, 200: { description: 'The GitHub account.', body: linkedGithub } },
      handle: async ({ services, query, principal }) => ({
        status: 200,
        body: await identitiesOf(services).githubIdentifier(principal, query.githubId),
      }),
    }),
    route({
      ...common,
      path: '/emails',
      operationId: 'identitiesListEmails',
      summary: "List the addresses of an account; others' require identity:write",
      query: z.object({ token, accountId }),
      answers: {
        ...answers,
        200: { description: 'The addresses.', body: z.object({ results: z.array(linkedEmail) }) },
      },
      handle: async ({ services, query, principal }) => ({
        status: 200,
        body: { results: await identitiesOf(services).emails(principal, query.accountId) },
      }),
    }),
  ];
}

function authenticate(
  gate: Gate,
  request: Request,
  services: Services,
  need: Need,
): Promise<Principal> {
  return gate.authenticate(request, services, need, async () => ANYBODY);
}

/** Only the body says whose identity is written, so the handler checks the scopes. */
async function admitWriter(gate: Gate, request: Request, services: Services): Promise<Principal> {
  const principal = await authenticate(gate, request, services, 'nothing');
  if (principal === NOBODY) throw new DomainError('unauthenticated', 'A credential is needed.');
  checkRequestId(request);
  return principal;
}

/** JSON that this server wrote keeps its bytes when it is parsed and written again. */
function created(answer: string): Answer {
  return { status: 201, body: JSON.parse(answer) as unknown };
}

function formatError({ code, message }: DomainError): Answer {
  const isMismatch = code === 'idempotency_mismatch';
  const error = isMismatch ? 'This X-Request-ID was used for another request.' : message;
  return { status: STATUS[code] ?? 400, body: { error } };
}
