import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { DomainError } from '../domain/errors';
import { servicesFor, type Services } from '../service/services';
import { authenticate } from './authenticate';
import { authorOf, mayWrite } from './author';
import { idempotencyKeyOf } from './idempotency-key';
import type { Logger } from './logger';
import { dashboardAtRoot, pageRoutes, type PageFiles } from './pages';
import { addressOf, placeOf, readForwardedFor } from './address';
import { attemptOf, countAttempts } from './attempts';
import { bodyReader, cutUploads, isJson, isSent } from './body';
import type { Connections } from './connections';
import { limitsOf, noteRoute, type Rates } from './limits';
import { cookieOf, ifMatchOf, parsePart, waitOf } from './parse';
import { formatErrors, refuseUndecodable } from './format-errors';
import { problemHandler } from './problems';
import { RequestError } from './request-error';
import { requestLog } from './request-log';
import { notePublicUrl, sessionCookie } from './session-cookie';
import { traceparentOf } from './traceparent';
import { noQuery } from '../api/common';
import type { Call, Route } from './route';
import { send } from './send';
import { refusePages } from './web-pages';
import { below, pathBelow } from './public-url';

const BODY_LIMIT = 256 * 1024;
const NO_RATES: Rates = { token: 0, address: 0, login: 0 };

export interface AppOptions {
  routes: Route[];
  services: Services;
  logger: Logger;
  /** Receives the request lines; `logger` by default. */
  requestLines?: Logger;
  newId: () => string;
  /** Express's `trust proxy`; never true. */
  trustProxy: number | string[] | false;
  /** The files for browsers; without them no pages are served. */
  pages?: PageFiles;
  /** The address of this server for browsers; the one they call by default. */
  publicUrl?: string;
  /** Longest body, in bytes. */
  maxBody?: number;
  /** How often callers may call; unlimited by default. */
  rates?: Rates;
  /** The connections on which callers call; unlimited by default. */
  connections?: Connections;
}

/** Makes the Express application that serves a table of routes. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', options.trustProxy);
  app.set('query parser', 'simple');
  notePublicUrl(app, options.publicUrl);
  app.use(readForwardedFor);
  app.use(requestLog(options.requestLines ?? options.logger, options.newId));
  const { rates = NO_RATES, maxBody = BODY_LIMIT, connections } = options;
  connections?.except(app.get('trust proxy fn') as (address: string, hop: number) => boolean);
  const limits = limitsOf(rates, countAttempts(app, rates.login));
  const base = pathBelow(options.publicUrl);
  const readBody = bodyReader(maxBody);
  app.use(cutUploads(maxBody));
  if (options.pages) app.use(dashboardAtRoot(options.pages));
  for (const route of options.routes)
    app[route.method](
      expressPath(route.path),
      noteRoute(route),
      refuseLate(route, connections),
      limits.onArrival,
      refusePages(route, options.publicUrl),
      readBody(route),
      limits.withBody,
      serveRoute(route, options, base),
      formatErrors(route, options.logger),
    );
  for (const path of new Set(options.routes.map((route) => route.path)))
    refuseOtherMethods(
      app,
      options.routes.filter((route) => route.path === path),
      options.logger,
    );
  // Pages come last, because frequent callers call routes.
  if (options.pages) app.use(pageRoutes(options.pages));
  app.use((request: Request) => {
    throw new DomainError('not_found', `There is nothing at ${request.path}.`);
  });
  app.use(refuseUndecodable(options.routes, options.logger));
  app.use(problemHandler(options.logger));
  return app;
}

/** `/v1/pools/{name}` in the syntax of Express. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Authenticates, parses, has the route handle the call, and sends the answer. */
function serveRoute(route: Route, { services, connections }: AppOptions, base: string) {
  const { authentication } = services;
  return async (request: Request, response: Response): Promise<void> => {
    // A credential that may be in the body cannot be missed before the body can be read.
    if (route.presents?.(request) === null) requireJson(route, request);
    const principal = await (route.authenticate
      ? route.authenticate(request, services)
      : authenticate(request, route, authentication));
    const params = route.params ? parsePart(route.params, request.params, 'path') : undefined;
    const query = parsePart(route.query ?? noQuery, request.query, 'query');
    const body = parseBody(route, request);
    const requestId = response.locals.requestId as string;
    const ids = { requestId, traceparent: traceparentOf(request) };
    const call: Call<unknown, unknown, unknown> = {
      services: mayWrite(route)
        ? servicesFor(services, authorOf(request, route, principal, ids))
        : services,
      method: request.method,
      params,
      query,
      body,
      principal,
      context: {
        ...ids,
        idempotencyKey: idempotencyKeyOf(request, route, principal, (text) =>
          authentication.fingerprint(text),
        ),
      },
      ifMatch: route.errors.includes('precondition_failed') ? ifMatchOf(request) : null,
      cookie: (name) => cookieOf(request, name),
      sessionCookie: (secret, seconds) => sessionCookie(request, secret, seconds),
      wait: heldFor(waitOf(request, query), request, response, connections),
      wantsStream: () => wantsStream(request, response, connections),
      holds: () => heldFor(1, request, response, connections) > 0,
      header: (name) => request.get(name),
      signal: () => signalOf(response),
      attempt: () => attemptOf(request),
      address: addressOf(request),
      url: request.originalUrl,
      base,
    };
    send(response, below(base, await route.handle(call as Call<never, never, never>)));
  };
}

/** Keeps the last connections for the routes that have to be answered then. */
function refuseLate({ whenFull }: Route, connections?: Connections): RequestHandler {
  return ({ socket }, response, next) => {
    if (!connections?.isLate(socket)) return next();
    response.setHeader('Connection', 'close');
    next(whenFull ? undefined : new DomainError('busy', 'All connections are taken; try again.'));
  };
}

/** The seconds to hold an answer; 0 if all places for held answers are taken. */
function heldFor(
  wait: number,
  request: Request,
  response: Response,
  connections?: Connections,
): number {
  if (wait === 0 || !connections) return wait;
  const leave = connections.hold(placeOf(request));
  if (leave) response.on('close', leave);
  return leave ? wait : 0;
}

/** Errors: `busy`. */
function wantsStream(request: Request, response: Response, connections?: Connections): boolean {
  const wanted = request.accepts(['application/json', 'text/event-stream']);
  if (request.method !== 'GET' || wanted !== 'text/event-stream') return false;
  if (heldFor(1, request, response, connections) === 0)
    throw new DomainError('busy', 'All places for streams and held answers are taken.');
  return true;
}

/** A signal that aborts when the caller disconnects. */
function signalOf(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.on('close', () => gone.abort());
  return gone.signal;
}

/** Errors: `unsupported_media_type` for a body that the route reads and that is not sent as JSON. */
function requireJson(route: Route, request: Request): void {
  if (route.body && isSent(request) && !isJson(request))
    throw new RequestError(
      'unsupported_media_type',
      'Send the body as JSON, with Content-Type: application/json.',
      'Content-Type',
    );
}

function parseBody(route: Route, request: Request): unknown {
  if (!route.body) {
    if (isSent(request) && !route.ignoresUnread && !isNothing(request.body))
      throw new RequestError('invalid', 'This call takes no body.', 'body');
    return undefined;
  }
  requireJson(route, request);
  return parsePart(route.body, request.body, 'body');
}

/** Some clients send `{}` where no body is expected. */
function isNothing(body: unknown): boolean {
  return (
    body === undefined ||
    (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  );
}

/** Refuses all methods but those of `routes`, which have the same path, in the format of their API. */
function refuseOtherMethods(app: Express, routes: Route[], logger: Logger): void {
  const allowed = routes.map((route) => route.method.toUpperCase()).join(', ');
  const refuse = (request: Request, response: Response, next: NextFunction): void => {
    response.set('Allow', allowed);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    next(new DomainError('method_not_allowed', `${request.path} supports ${allowed}.`));
  };
  app.all(expressPath(routes[0]!.path), refuse, formatErrors(routes[0]!, logger));
}
