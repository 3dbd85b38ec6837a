import type { Request, RequestHandler } from 'express';
import { DomainError } from '../domain/errors';
import { presentedCredential } from './authenticate';
import { changes, type Route } from './route';
import { ownOriginsOf, senderOf, type Sender } from './sender';

export { changes, senderOf, type Sender };

/**
 * Refuses calls that a page of another origin could have a browser make: those that change
 * something and, where a route trusts the network, its reads as well. Pages cannot add a bearer
 * token or X-Requested-With, because browsers would ask this server first. `publicUrl` is the
 * address of this server for browsers, if it is another than the one they call. Errors:
 * `forbidden`.
 */
export function refusePages(route: Route, publicUrl: string | undefined): RequestHandler {
  return (request, _response, next) => {
    const sender = senderOf(request.headers, ownOriginsOf(request, publicUrl));
    next(refusalOf(route, sender, request) ?? undefined);
  };
}

function refusalOf(route: Route, sender: Sender, request: Request): DomainError | null {
  if (sender === 'program' || sender === 'own_page') return null;
  if (sender === 'foreign_page' && route.trustsNetwork) return foreign();
  if (!changes(route) || 'token' in (presentedCredential(request) ?? {})) return null;
  if (sender === 'foreign_page') return foreign();
  return request.headers['x-requested-with'] === undefined ? unknown() : null;
}

function foreign(): DomainError {
  return new DomainError('forbidden', 'Calls from other web sites are refused.');
}

function unknown(): DomainError {
  return new DomainError(
    'forbidden',
    'Browsers may not make this call, because it changes something and a page of another site ' +
      'could have asked for it. Use curl, or send the header X-Requested-With with any value.',
  );
}
