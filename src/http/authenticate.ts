import { parse as parseBasic } from 'basic-auth';
import type { Request } from 'express';
import { DomainError } from '../domain/errors';
import { isAdmin, type Principal } from '../domain/people/user';
import type { Authentication, PresentedCredential } from '../service/people/authentication';
import { attemptOf } from './attempts';
import type { Route } from './route';
import { sessionSecretOf, shownSession } from './session-cookie';

// A route may need these beside the caller.
export { addressOf } from './address';
export { attemptOf };

/** The caller of a public route. */
export const NOBODY: Principal = {
  userId: '',
  userName: '',
  role: 'user',
  apiTokenId: null,
  scopes: [],
  maxPriority: 0,
};

/**
 * Returns the caller, if their credential has the access that the route needs. A public route needs
 * none, but one that is shown has to be right.
 * Errors: `unauthenticated`, `forbidden`, `busy`.
 */
export async function authenticate(
  request: Request,
  route: Pick<Route, 'access' | 'whenFull' | 'method' | 'changes'>,
  authentication: Authentication,
): Promise<Principal> {
  const { access } = route;
  const isPublic = access === 'public';
  const presented = presentedCredential(request);
  // An empty Bearer, of a client that has no token yet, shows nothing.
  if (isPublic && (!presented || !readsCredential(route))) return NOBODY;
  const principal = presented
    ? await authentication.identify(presented, attemptOf(request))
    : await inSession(request, route, authentication);
  if (isPublic) return NOBODY;
  if (access === 'admin' && !isAdmin(principal))
    throw new DomainError(
      'forbidden',
      'This needs an admin, and a credential with the scope admin.',
    );
  // An admin sees everything anyway.
  if (access === 'metrics' && isAdmin(principal)) return principal;
  if (!principal.scopes.includes(access))
    throw new DomainError('forbidden', `The token lacks the scope ${access}.`);
  return principal;
}

/** The caller by the cookie of a session. Errors: `unauthenticated`. */
async function inSession(
  request: Request,
  route: Pick<Route, 'method' | 'changes'>,
  authentication: Authentication,
): Promise<Principal> {
  const secret = sessionSecretOf(request, route);
  if (secret !== null) return authentication.identifySession(secret);
  throw new DomainError(
    'unauthenticated',
    shownSession(request) === null
      ? 'Send a bearer token, or an e-mail address and password (Basic).'
      : 'A session counts only in calls that come from a page of this server for certain: send ' +
          'the header X-Requested-With.',
  );
}

/**
 * Does a route look at a credential that is shown? All do but probes, which are answered whatever is
 * shown: looking at a password may have to wait.
 */
export function readsCredential({ access, whenFull }: Pick<Route, 'access' | 'whenFull'>): boolean {
  return access !== 'public' || !whenFull;
}

/** The credential in Authorization, Bearer (RFC 6750) or Basic (RFC 7617); null without one. */
export function presentedCredential(request: Request): PresentedCredential | null {
  const header = request.headers.authorization ?? '';
  const [, token] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (token !== undefined) return { token };
  const basic = parseBasic(header);
  return basic ? { email: basic.name.toLowerCase(), password: basic.pass } : null;
}
