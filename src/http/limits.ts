import { hash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Options } from 'express-rate-limit';
import { DomainError } from '../domain/errors';
import { shownBy } from './authenticate';
import type { Route } from './route';

/** Calls a minute; 0: any number. */
export interface Rates {
  /** With one credential. */
  token: number;
  /** From one address; a subnet of 56 bits is one address in IPv6. */
  address: number;
  /** From one address, that tried a password and were refused. */
  login: number;
}

const WINDOW = 60_000;
const IPV6_BITS = 56;
/** Who watches the service may not be told that it is ill because others call often. */
const PROBES = ['/livez', '/readyz'];

/** For every call, before anything is done for it. Counts are this process's own. */
export function callLimits({ address, token }: Rates): RequestHandler[] {
  return [
    ...limit(address, 'address', {
      keyGenerator: addressOf,
      skip: ({ path }) => PROBES.includes(path),
    }),
    ...limit(token, 'credential', {
      keyGenerator: credentialOf,
      skip: (request) => request.headers.authorization === undefined,
    }),
  ];
}

/** For calls that try a password, once the body is known: only those that fail count. */
export function loginLimit({ login }: Rates): RequestHandler[] {
  const failed: Partial<Options> = {
    skipSuccessfulRequests: true,
    requestWasSuccessful: (_request, response) => response.statusCode !== 401,
  };
  return limit(login, 'login', {
    keyGenerator: addressOf,
    skip: (request, response) => !response.locals.signsIn && !showsPassword(request),
    ...failed,
  });
}

/** Marks calls of a route whose body holds a secret that could be guessed. */
export function noteSignIn({ signsIn }: Route): RequestHandler {
  return (_request, response, next) => {
    response.locals.signsIn = signsIn;
    next();
  };
}

/** Does the call show a password: by Basic, or in the body as the legacy APIs want it? */
function showsPassword(request: Request): boolean {
  const presented = shownBy(request);
  if (presented && !('token' in presented)) return true;
  const { auth } = (request.body ?? {}) as { auth?: unknown };
  return typeof auth === 'object' && auth !== null;
}

function limit(most: number, identifier: string, options: Partial<Options>): RequestHandler[] {
  if (most === 0) return [];
  const handler: Options['handler'] = (_request, _response, next) =>
    next(
      new DomainError(
        'rate_limited',
        `More than ${most} calls a minute (${identifier}); see Retry-After.`,
      ),
    );
  const headers = { standardHeaders: 'draft-8', legacyHeaders: false } as const;
  return [
    rateLimit({
      windowMs: WINDOW,
      limit: most,
      identifier,
      handler,
      ...headers,
      validate: false,
      ...options,
    }),
  ];
}

function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? '', IPV6_BITS);
}

/** Hashed: what is counted by is kept in memory, and is a secret. */
function credentialOf(request: Request): string {
  return hash('sha256', request.headers.authorization ?? '', 'base64');
}
