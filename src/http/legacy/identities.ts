import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Request } from 'express';
import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import type { IdempotencyKey } from '../../domain/idempotency';
import { SCOPES, type Principal } from '../../domain/people/user';
import { requireIdentity } from '../../service/people/identities';
import type { Services } from '../../service/services';
import { NOBODY } from '../authenticate';
import { route, type Answer, type Route } from '../route';
import { errorBody, token } from './fields';
import type { Gate, Need } from './gate';

/** The identities API's own words; everything that it does not know of is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  idempotency_mismatch: 422,
  busy: 503,
};

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOT_A_UUID = 'X-Request-ID is to be a UUID.';

/** In open mode everybody is one and the same, who may write any identity. */
const ANYBODY: Principal = {
  ...NOBODY,
  userId: 'identities',
  scopes: SCOPES.filter((scope) => scope !== 'admin'),
};

const username = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: 'must have 1 to 63 of letters, digits and . _ -',
});
const accountId = z.string().min(1).max(64);
const email = z
  .email()
  .max(254)
  .transform((address) => address.toLowerCase());
const error = 'must be a positive whole number';
const githubId = z
  .union([z.string(), z.number().int().max(Number.MAX_SAFE_INTEGER)], { error })
  .transform(String)
  .refine((text) => /^[1-9]\d{0,18}$/.test(text), { error });

const account = z.object({ id: z.string(), username: z.string() });
const linkedEmail = z.object({ id: z.string(), accountId: z.string(), email: z.string() });
const linkedGithub = z.object({ id: z.string(), accountId: z.string(), githubId: z.string() });
const refusal = (description: string) => ({ description, body: errorBody });
const refusals = {
  400: refusal('What is wrong.'),
  401: refusal('A credential is needed.'),
  403: refusal('It does not reach.'),
};
const unknown = { 404: refusal('There is none.') };
const taken = {
  409: refusal('Somebody has it.'),
  422: refusal('The X-Request-ID was used for another request.'),
};

/** The identities API: who somebody is elsewhere; writes are repeatable by X-Request-ID. */
export function identityRoutes(services: Services, gate: Gate): Route[] {
  return [...writes(services, gate), ...reads(services, gate)];
}

type Writing<Body> = Pick<Route, 'path' | 'summary' | 'answers' | 'errors'> & {
  body: z.ZodType<Body>;
  /** The account that is written to; null for a new one. */
  subject: (body: Body) => string | null;
  /** Gives the answer's bytes. */
  write: (body: Body, key: IdempotencyKey) => Promise<string>;
};

function writes({ identities }: Services, gate: Gate): Route[] {
  const writer = <Body>({ subject, write, ...definition }: Writing<Body>): Route =>
    route({
      ...definition,
      method: 'post',
      access: 'self',
      authenticate: (request) => admitWriter(gate, request),
      formatError,
      query: anyQuery,
      handle: async ({ body, principal, context }) => {
        requireIdentity(principal, subject(body));
        return created(
          await write(body, onceOf(principal, definition.path, context.requestId!, body)),
        );
      },
    });
  return [
    writer({
      path: '/account',
      summary: 'Identities: make an account; in guarded mode with the scope identity:write',
      body: z.looseObject({ username }),
      answers: { 201: { description: 'The account.', body: account }, ...refusals, ...taken },
      errors: ['forbidden', 'conflict', 'idempotency_mismatch'],
      subject: () => null,
      write: (body, key) => identities.createAccount(body.username, key),
    }),
    writer({
      path: '/emails',
      summary: 'Identities: link an e-mail address, unverified',
      body: z.looseObject({ accountId, email }),
      answers: {
        201: { description: 'The address.', body: linkedEmail },
        ...refusals,
        ...unknown,
        ...taken,
      },
      errors: ['forbidden', 'not_found', 'idempotency_mismatch'],
      subject: (body) => body.accountId,
      write: (body, key) => identities.addEmail(body.accountId, body.email, key),
    }),
    writer({
      path: '/github-identifiers',
      summary: 'Identities: link a GitHub account, unverified',
      body: z.looseObject({ accountId, githubId }),
      answers: {
        201: { description: 'The GitHub account.', body: linkedGithub },
        ...refusals,
        ...unknown,
        ...taken,
      },
      errors: ['forbidden', 'not_found', 'conflict', 'idempotency_mismatch'],
      subject: (body) => body.accountId,
      write: (body, key) => identities.addGithubIdentifier(body.accountId, body.githubId, key),
    }),
  ];
}

const anyQuery = z.object({ token });

function reads({ identities }: Services, gate: Gate): Route[] {
  const common = {
    method: 'get',
    access: 'read',
    authenticate: (request: Request) => authenticate(gate, request, 'read'),
    formatError,
    errors: ['not_found'] as ErrorCode[],
  } as const;
  const answers = { 200: { description: 'The account.', body: account }, ...refusals, ...unknown };
  return [
    route({
      ...common,
      path: '/accounts/{id}',
      summary: 'Identities: an account by id',
      params: z.object({ id: accountId }),
      query: anyQuery,
      answers,
      handle: async ({ params: { id } }) => ({
        status: 200,
        body: await identities.account({ id }),
      }),
    }),
    route({
      ...common,
      path: '/accounts',
      summary: 'Identities: an account by username',
      query: z.object({ token, username: z.string().min(1).max(200) }),
      answers,
      handle: async ({ query }) => ({
        status: 200,
        body: await identities.account({ username: query.username }),
      }),
    }),
    route({
      ...common,
      path: '/github-identifiers',
      summary: 'Identities: whose GitHub account it is',
      query: z.object({ token, githubId }),
      answers: { ...answers, 200: { description: 'The GitHub account.', body: linkedGithub } },
      handle: async ({ query }) => ({
        status: 200,
        body: await identities.githubIdentifier(query.githubId),
      }),
    }),
    route({
      ...common,
      path: '/emails',
      summary: 'Identities: the addresses of an account',
      query: z.object({ token, accountId }),
      answers: {
        ...answers,
        200: { description: 'The addresses.', body: z.object({ results: z.array(linkedEmail) }) },
      },
      handle: async ({ query }) => ({
        status: 200,
        body: { results: await identities.emails(query.accountId) },
      }),
    }),
  ];
}

function authenticate(gate: Gate, request: Request, need: Need): Promise<Principal> {
  return gate.authenticate(request, need, async () => ANYBODY);
}

/**
 * Whose identity may be written is looked at once the body is known. Errors: `invalid` without an
 * X-Request-ID that names the request.
 */
async function admitWriter(gate: Gate, request: Request): Promise<Principal> {
  const principal = await authenticate(gate, request, 'nothing');
  if (principal === NOBODY) throw new DomainError('unauthenticated', 'A credential is needed.');
  if (!UUID.test(request.get('X-Request-ID') ?? ''))
    throw new DomainError('invalid', NOT_A_UUID, 'X-Request-ID');
  return principal;
}

/**
 * The request in canonical JSON (RFC 8785): order of keys, white space and forms of numbers make no
 * difference.
 */
function onceOf(
  { userId }: Principal,
  path: string,
  requestId: string,
  body: unknown,
): IdempotencyKey {
  const requestHash = createHash('sha256')
    .update(canonicalize({ method: 'POST', path, body }) ?? '')
    .digest('hex');
  return { principal: userId, method: 'POST', path, key: requestId.toLowerCase(), requestHash };
}

/** JSON of our own making stays the same, to the byte, when it is read and written again. */
function created(answer: string): Answer {
  return { status: 201, body: JSON.parse(answer) as unknown };
}

function formatError({ code, message }: DomainError): Answer {
  return {
    status: STATUS[code] ?? 400,
    body: {
      error:
        code === 'idempotency_mismatch'
          ? 'This X-Request-ID was used for another request.'
          : message,
    },
  };
}
