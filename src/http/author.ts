import type { Request } from 'express';
import type { Author } from '../domain/author';
import type { Principal } from '../domain/people/user';
import { addressOf } from './address';
import type { Route } from './route';

/** May a call of this route change anything? Only such a call needs an author. */
export function mayWrite({ method, access, changes }: Route): boolean {
  return method !== 'get' || access === 'public' || changes === true;
}

/**
 * The author of the changes that a call makes. Where nobody has signed in, the route stands for the
 * caller.
 */
export function authorOf(
  request: Request,
  route: Route,
  { userId, userName, apiTokenId, shared }: Principal,
  { requestId, traceparent }: Pick<Author, 'requestId' | 'traceparent'>,
): Author {
  const name = `${request.method} ${route.path}`;
  const isSomebody = userId !== '';
  return {
    actorKind: shared || !isSomebody ? apiOf(route) : apiTokenId === null ? 'user' : 'token',
    actorId: isSomebody ? userId : name,
    actorName: isSomebody ? userName : name,
    actorToken: apiTokenId,
    requestId,
    traceparent,
    address: addressOf(request) || null,
  };
}

/** Only the legacy APIs read credentials in ways of their own. */
function apiOf({ presents }: Route): 'legacy' | 'system' {
  return presents ? 'legacy' : 'system';
}
