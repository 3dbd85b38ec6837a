import { hash } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { rateLimit, type Options, type Store } from 'express-rate-limit';
import { mayBeGuessed } from '../service/people/authentication';
import { placeOf } from './address';
import { tooMany, WINDOW, type RefusedAttempts } from './attempts';
import { presentedCredential } from './authenticate';
import { sessionSecretOf } from './session-cookie';
import type { Route, ShownCredential } from './route';

/** Calls per minute; 0 for any number. */
export interface Rates {
  /** With one credential. */
  token: number;
  /** From one address; in IPv6, from one /56. */
  address: number;
  /** Refused password attempts from one address. */
  login: number;
}

/** Sign-ins on other devices that may be begun per minute: each is a call to GitHub. */
const STARTS_FROM_ONE = 10;
const STARTS = 60;

/** Probes are exempt, because a limit on calls must not make the service look ill. */
const PROBES = ['/livez', '/readyz'];

/** The limits of one app. Each process counts for itself. */
export interface Limits {
  /** Before anything else is done. */
  onArrival: RequestHandler[];
  /** Once the body is known, which may hold the credential. */
  withBody: RequestHandler[];
}

/** Limits calls by address, by credential, and by refused attempts to guess one. */
export function limitsOf({ address, token }: Rates, attempts: RefusedAttempts): Limits {
  const byAddress = limit(address, 'address', {
    keyGenerator: placeOf,
    skip: ({ path }) => PROBES.includes(path),
  });
  const byCredential = limit(token, 'credential', {
    keyGenerator: (_request, response) => keyOf(shownIn(response)!),
    skip: (_request, response) => shownIn(response) === null,
  });
  const guesses = limit(attempts.most, 'login', {
    keyGenerator: placeOf,
    skip: ({ path }, response) => PROBES.includes(path) || !couldBeGuess(response),
    store: asStore(attempts),
  });
  const skip: Options['skip'] = (_request, response) =>
    (response.locals.route as Route).startsSignIn !== true;
  // Off with the limit on guesses, which serves the same end.
  const starts = (most: number, keyGenerator: Options['keyGenerator']) =>
    limit(attempts.most === 0 ? 0 : most, 'sign-in', { keyGenerator, skip });
  return {
    onArrival: [
      ...byAddress,
      ...starts(STARTS_FROM_ONE, placeOf),
      ...starts(STARTS, () => 'all'),
      look,
      ...byCredential,
    ],
    withBody: [unlessCounted(byCredential), ...guesses].flat(),
  };
}

/** Tells the limits which route a call is for. */
export function noteRoute(route: Route): RequestHandler {
  return (_request, response, next) => {
    response.locals.route = route;
    next();
  };
}

/** Notes the credential that the route will look at, however it is spelled. */
const look: RequestHandler = (request, response, next) => {
  const route = response.locals.route as Route;
  response.locals.shown =
    (route.presents ?? presentedCredential)(request) ?? inCookie(request, route);
  next();
};

/** The legacy APIs know no sessions. */
function inCookie(request: Request, route: Route): ShownCredential | null {
  const session = route.presents ? null : sessionSecretOf(request, route);
  return session === null ? null : { session };
}

/** Looks again once the body is known; a credential that was seen before is not counted twice. */
function unlessCounted(limits: RequestHandler[]): RequestHandler[] {
  return limits.map((handler) => (request, response, next) => {
    if (shownIn(response) !== null) return next();
    look(request, response, () => handler(request, response, next));
  });
}

function shownIn(response: Response): ShownCredential | null {
  return response.locals.shown as ShownCredential | null;
}

/** Does the call show a secret that could be guessed? */
function couldBeGuess(response: Response): boolean {
  const shown = shownIn(response);
  return (
    (response.locals.route as Route).signsIn === true || (shown !== null && mayBeGuessed(shown))
  );
}

/** Reads the counter of refused attempts as if the present call were refused, too. */
function asStore(attempts: RefusedAttempts): Store {
  return {
    localKeys: true,
    // Without a time of its own, an answer names the whole window: nobody is told to come too early.
    increment: async (place) => ({ totalHits: attempts.of(place) + 1, resetTime: undefined }),
    decrement: () => {},
    resetKey: () => {},
  };
}

function limit(most: number, identifier: string, options: Partial<Options>): RequestHandler[] {
  if (most === 0) return [];
  const handler: Options['handler'] = (_request, _response, next) =>
    next(tooMany(most, identifier));
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

/** Hashed, because counters stay in memory and the credential is a secret. */
function keyOf(shown: ShownCredential): string {
  return hash('sha256', JSON.stringify(shown), 'base64');
}
