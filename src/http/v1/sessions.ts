import type { Request } from 'express';
import { z } from 'zod';
import { id } from '../../api/common';
import { sessionAnswer, sessionList, sessionUser, type SessionFields } from '../../api/sessions';
import { DomainError } from '../../domain/errors';
import type { Session } from '../../domain/people/session';
import type { Principal } from '../../domain/people/user';
import type { Services } from '../../service/services';
import { authenticate, NOBODY, presentedCredential } from '../authenticate';
import { instantOf } from '../instants';
import { route, type Call, type Route } from '../route';
import { sessionSecretOf } from '../session-cookie';
import { userOf } from './people';

/** The same whether or not there is such a user. */
const WRONG_PASSWORD = 'The e-mail address or password is wrong.';

/** Sessions of browsers. */
export const sessionRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/session',
    operationId: 'signIn',
    summary: 'Sign in with a browser: the answer sets a cookie with the rights of the credential',
    access: 'read',
    authenticate: signingIn,
    // The secret goes out once, so that a repetition could not have the same answer.
    takesKey: false,
    answers: {
      201: { description: 'Signed in; `Set-Cookie` has the session.', body: sessionAnswer },
    },
    errors: ['forbidden', 'unauthenticated'],
    handle: async ({ services, principal, header, sessionCookie }) => {
      const { sessions, directory } = services;
      const begun = await sessions.begin(principal, header('User-Agent'));
      const user = userOf(await directory.user(principal.userId));
      return {
        status: 201,
        body: { user, session: { ...sessionOf(begun.session), current: true } },
        cookies: [cookieFor(begun, sessionCookie)],
      };
    },
  }),
  route({
    method: 'get',
    path: '/v1/session',
    operationId: 'getSession',
    summary: 'Tell who is signed in with this browser; an answer also for nobody',
    access: 'public',
    authenticate: orNobody,
    answers: { 200: { description: 'The user; null: nobody.', body: sessionUser } },
    errors: [],
    handle: async ({ services: { directory }, principal }) => {
      const user = principal === NOBODY ? null : userOf(await directory.user(principal.userId));
      return { status: 200, body: { user } };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/session',
    operationId: 'signOut',
    summary: 'Sign out: end the session that makes this call, and its streams of events',
    access: 'read',
    answers: { 204: { description: 'Signed out.' } },
    errors: ['not_found'],
    handle: async ({ services, principal, sessionCookie }) => {
      await services.sessions.endOwn(principal);
      return { status: 204, cookies: [sessionCookie(null, 0)] };
    },
  }),
  route({
    method: 'get',
    path: '/v1/me/sessions',
    operationId: 'listSessions',
    summary: "List the caller's sessions in browsers",
    access: 'self',
    answers: { 200: { description: 'The open sessions.', body: sessionList } },
    errors: [],
    handle: async ({ services, principal }) => {
      const found = await services.sessions.list(principal);
      return { status: 200, body: { items: found.map((each) => sessionOf(each, principal)) } };
    },
  }),
  route({
    method: 'delete',
    path: '/v1/me/sessions/{id}',
    operationId: 'endSession',
    summary: 'End a session of the caller, and its streams of events',
    access: 'self',
    params: z.object({ id }),
    answers: { 204: { description: 'Ended.' } },
    errors: ['not_found'],
    handle: async ({ services, params: { id: sessionId }, principal }) => {
      await services.sessions.end(principal, sessionId);
      return { status: 204 };
    },
  }),
];

/** The caller, as of any call; a wrong password is told as such to somebody who types one. */
async function signingIn(request: Request, { authentication }: Services): Promise<Principal> {
  const presented = presentedCredential(request);
  const asked = authenticate(request, { method: 'post', access: 'read' }, authentication);
  if (!presented || !('password' in presented)) return asked;
  return asked.catch((error: unknown) => {
    throw isUnauthenticated(error) ? new DomainError('unauthenticated', WRONG_PASSWORD) : error;
  });
}

/** The user of the cookie; a page asks before it knows whether there is one. */
async function orNobody(request: Request, { authentication }: Services): Promise<Principal> {
  const secret = sessionSecretOf(request, { method: 'get' });
  if (secret === null)
    return authenticate(request, { method: 'get', access: 'public' }, authentication);
  return authentication.identifySession(secret).catch((error: unknown) => {
    if (isUnauthenticated(error)) return NOBODY;
    throw error;
  });
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'unauthenticated';
}

/** The cookie for a session that has just begun; the browser forgets it when the session expires. */
export function cookieFor(
  { secret, session: { createdAt, expiresAt } }: { secret: string; session: Session },
  sessionCookie: Call<unknown, unknown, unknown>['sessionCookie'],
): string {
  return sessionCookie(secret, Math.ceil((expiresAt - createdAt) / 1000));
}

function sessionOf(
  { id: sessionId, address, userAgent, apiTokenId, ...times }: Session,
  caller?: Principal,
): SessionFields {
  return {
    id: sessionId,
    createdAt: instantOf(times.createdAt),
    lastSeenAt: instantOf(times.lastSeenAt),
    endsAt: instantOf(times.endsAt),
    expiresAt: instantOf(times.expiresAt),
    address,
    userAgent,
    apiTokenId,
    current: sessionId === caller?.session?.id,
  };
}
