import basicAuth from 'basic-auth';
import type { Request } from 'express';
import { DomainError } from '../domain/errors';
import { isAdmin, type Principal } from '../domain/user';
import type { Authentication } from '../service/authentication';
import type { RouteAccess } from './route';

/** Stands in where nobody needs to be anybody. */
const NOBODY: Principal = { userId: '', userName: '', role: 'user', apiTokenId: null, scopes: [], maxPriority: 0 };

/**
 * Who is calling, if they may do what `access` asks for. Bearer token (RFC 6750) or Basic (RFC 7617).
 * Errors: `unauthenticated`, `forbidden`, `busy`.
 */
export async function admit(request: Request, access: RouteAccess, authentication: Authentication): Promise<Principal> {
  if (access === 'public') return NOBODY;
  const principal = await identify(request, authentication);
  if (access === 'admin' && !isAdmin(principal)) throw new DomainError('forbidden', 'This is for admins, with a credential that has the scope admin.');
  if (!principal.scopes.includes(access)) throw new DomainError('forbidden', `The token lacks the scope ${access}.`);
  return principal;
}

function identify(request: Request, authentication: Authentication): Promise<Principal> {
  const header = request.headers.authorization ?? '';
  const [, token] = /^Bearer +(\S+) *$/i.exec(header) ?? [];
  if (token !== undefined) return authentication.identify({ token });
  const basic = basicAuth.parse(header);
  if (basic) return authentication.identify({ email: basic.name, password: basic.pass });
  throw new DomainError('unauthenticated', 'Send a bearer token, or an e-mail address and password (Basic).');
}
