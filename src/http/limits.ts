import { hash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit, type Options } from 'express-rate-limit';
import { DomainError } from '../domain/errors';
import { presentedCredential } from './authenticate';
import type { Route } from './route';

/** Calls per minute; 0 for any number. */
export interface Rates {
  /** With one credential. */
  token: number;
  /** From one address; in IPv6, from one /56. */
  address: number;
  /** Refused password attempts from one address. */
  login: number;
}

const WINDOW = 60_000;
const IPV6_BITS = 56;
/** Probes are exempt, because a limit on calls must not make the service look ill. */
const PROBES = ['/livez', '/readyz'];

/** Limits every call before anything else is done. Each process counts for itself. */
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

/** Limits calls that try a password, once the body is known. Only failures count. */
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

/** Marks calls whose body holds a secret that could be guessed. */
export function noteSignIn({ signsIn }: Route): RequestHandler {
  return (_request, response, next) => {
    response.locals.signsIn = signsIn;
    next();
  };
}

/** Does the call present a password, in Basic or, as in the legacy APIs, in the body? */
function showsPassword(request: Request): boolean {
  const presented = presentedCredential(request);
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
        `More than ${most} calls per minute (${identifier}); see Retry-After.`,
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

/** Hashed, because counters stay in memory and the header is a secret. */
function credentialOf(request: Request): string {
  return hash('sha256', request.headers.authorization ?? '', 'base64');
}
