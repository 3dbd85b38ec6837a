import { pipeline, Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import express, {
  type ErrorRequestHandler,
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { DomainError } from '../domain/errors';
import type { Services } from '../service/services';
import { authenticate } from './authenticate';
import { idempotencyKeyOf } from './idempotency-key';
import type { Logger } from './logger';
import { pageRoutes } from './pages';
import { placeOf, readForwardedFor } from './address';
import { attemptOf, countAttempts } from './attempts';
import type { Connections } from './connections';
import { limitsOf, noteRoute, type Rates } from './limits';
import { cookieOf, ifMatchOf, parsePart, waitOf } from './parse';
import { asDomainError, isUnreadable, problemHandler, PROBLEMS, sendRetryAfter } from './problems';
import { RequestError } from './request-error';
import { requestLog } from './request-log';
import { noQuery } from '../api/common';
import type { Answer, Call, Route } from './route';

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
  /** Gives the bytes of a page; without it no pages are served. */
  page?: (file: string) => Buffer;
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
  app.use(readForwardedFor);
  app.use(requestLog(options.requestLines ?? options.logger, options.newId));
  const { rates = NO_RATES, maxBody = BODY_LIMIT, connections } = options;
  connections?.except(app.get('trust proxy fn') as (address: string, hop: number) => boolean);
  const limits = limitsOf(rates, countAttempts(app, rates.login));
  const json = express.json({ limit: maxBody, strict: false, type: isJson });
  for (const route of options.routes)
    app[route.method](
      expressPath(route.path),
      noteRoute(route),
      refuseLate(route, connections),
      limits.onArrival,
      bodyReader(route, json),
      limits.withBody,
      serveRoute(route, options),
      formatErrors(route),
    );
  for (const path of new Set(options.routes.map((route) => route.path)))
    app.all(expressPath(path), refuseMethod(options.routes, path));
  // Pages come last, because frequent callers call routes.
  if (options.page) app.use(pageRoutes(options.page));
  app.use((request: Request) => {
    throw new DomainError('not_found', `There is nothing at ${request.path}.`);
  });
  app.use(problemHandler(options.logger));
  return app;
}

function isJson(request: { headers: Record<string, string | string[] | undefined> }): boolean {
  return /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(
    String(request.headers['content-type'] ?? ''),
  );
}

/** Reads the body. Where the route does not read it, one that cannot be read is no error. */
function bodyReader({ body, ignoresUnread }: Route, json: RequestHandler): RequestHandler {
  const isRead = body !== undefined || !ignoresUnread;
  return (request, response, next) => {
    nameUtf8(request);
    json(request, response, (error?: unknown) =>
      next(!isRead && isUnreadable(error) ? undefined : error),
    );
  };
}

/** `utf8` is a label of UTF-8 (https://encoding.spec.whatwg.org/#names-and-labels), so clients use it. */
function nameUtf8({ headers }: Request): void {
  const type = headers['content-type'];
  if (type !== undefined)
    headers['content-type'] = type.replace(/(;\s*charset\s*=\s*"?)utf8(?=["\s;]|$)/i, '$1utf-8');
}

/** `/v1/pools/{name}` in the syntax of Express. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** Authenticates, parses, has the route handle the call, and sends the answer. */
function serveRoute(route: Route, { services, connections }: AppOptions) {
  const { authentication } = services;
  return async (request: Request, response: Response): Promise<void> => {
    const principal = await (route.authenticate
      ? route.authenticate(request, services)
      : authenticate(request, route, authentication));
    const params = route.params ? parsePart(route.params, request.params, 'path') : undefined;
    const query = parsePart(route.query ?? noQuery, request.query, 'query');
    const body = parseBody(route, request);
    const call: Call<unknown, unknown, unknown> = {
      services,
      params,
      query,
      body,
      principal,
      context: {
        requestId: response.locals.requestId as string,
        idempotencyKey: idempotencyKeyOf(request, route, principal, (text) =>
          authentication.fingerprint(text),
        ),
      },
      ifMatch: route.errors.includes('precondition_failed') ? ifMatchOf(request) : null,
      cookie: (name) => cookieOf(request, name),
      wait: heldFor(waitOf(request, query), request, response, connections),
      signal: () => signalOf(response),
      attempt: () => attemptOf(request),
      url: request.originalUrl,
    };
    send(response, await route.handle(call as Call<never, never, never>));
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

/** A signal that aborts when the caller disconnects. */
function signalOf(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.on('close', () => gone.abort());
  return gone.signal;
}

/** Answers errors in the format of the route's own API, if it has one. */
function formatErrors({ formatError }: Route): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = asDomainError(error);
    if (!formatError || response.headersSent || known.code === 'internal') return next(error);
    const { status } = PROBLEMS[known.code];
    sendRetryAfter(response, known.code);
    send(response, status === 429 ? { ...formatError(known), status } : formatError(known));
  };
}

function parseBody(route: Route, request: Request): unknown {
  const sent =
    Number(request.headers['content-length'] ?? 0) > 0 ||
    request.headers['transfer-encoding'] !== undefined;
  if (!route.body) {
    if (sent && !route.ignoresUnread && !isNothing(request.body))
      throw new RequestError('invalid', 'This call takes no body.', 'body');
    return undefined;
  }
  if (sent && !isJson(request))
    throw new RequestError('unsupported_media_type', 'Send application/json.', 'Content-Type');
  return parsePart(route.body, request.body, 'body');
}

/** Some clients send `{}` where no body is expected. */
function isNothing(body: unknown): boolean {
  return (
    body === undefined ||
    (typeof body === 'object' && body !== null && Object.keys(body).length === 0)
  );
}

/**
 * Sends with Node's own methods. Express's `send` would work out a type and charset that are known
 * here, and would answer 304 to If-None-Match, although a tag covers only what `If-Match` guards:
 * counts and statuses change without it.
 */
function send(response: Response, { status, body, headers = {}, shared }: Answer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) return void response.end();
  const text = shared ? writtenOnce(body as object) : JSON.stringify(body);
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(text));
  if (text.length <= CHUNK) return void response.end(text);
  pipeline(Readable.from(chunksOf(text)), response, () => undefined);
}

/** How much of a long answer is sent before other calls get their turn, in bytes. */
const CHUNK = 64 * 1024;
const written = new WeakMap<object, Buffer>();

function writtenOnce(body: object): Buffer {
  const known = written.get(body) ?? Buffer.from(JSON.stringify(body));
  written.set(body, known);
  return known;
}

async function* chunksOf(text: string | Buffer): AsyncGenerator<Buffer> {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let from = 0; from < bytes.length; from += CHUNK) {
    yield bytes.subarray(from, from + CHUNK);
    await turn();
  }
}

function refuseMethod(routes: Route[], path: string) {
  const allowed = routes
    .filter((route) => route.path === path)
    .map((route) => route.method.toUpperCase());
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.method === 'OPTIONS') {
      response.status(204).set('Allow', allowed.join(', ')).end();
      return;
    }
    response.set('Allow', allowed.join(', '));
    next(new DomainError('method_not_allowed', `${request.path} supports ${allowed.join(', ')}.`));
  };
}
