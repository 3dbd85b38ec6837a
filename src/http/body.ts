import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import express, { type NextFunction, type Request, type RequestHandler } from 'express';
import { isUnreadable } from './problems';
import { RequestError } from './request-error';
import type { Route } from './route';

/**
 * How long the rest of an upload that was answered already is thrown away before the connection is
 * closed, in ms. A client that is still sending reads the answer only if it is not cut off at once.
 */
const LINGER = 1_000;

/** Calls that sent `Expect: 100-continue` and wait for leave to send their body. */
const waiting = new WeakSet<IncomingMessage>();

/**
 * Has callers who ask first (RFC 9110, 10.1.1) told to go on only when their body is about to be
 * read. One who is answered before that sends no body, so the connection ends with the answer.
 */
export function askBeforeUploads(server: Server): Server {
  return server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.add(request);
    response.setHeader('Connection', 'close');
    server.emit('request', request, response);
  });
}

/** Is the body JSON, or of a type that is based on it? */
export function isJson({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return /^application\/([a-z0-9.-]+\+)?json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

/** Was a body sent? */
export function isSent({ headers }: Request): boolean {
  return lengthOf(headers) > 0 || headers['transfer-encoding'] !== undefined;
}

/**
 * Makes the middleware of a route that reads its body: JSON of `limit` bytes at most. A longer one is
 * refused as soon as that is known. Where the route does not read the body, one that cannot be read
 * is no error.
 */
export function bodyReader(limit: number): (route: Route) => RequestHandler {
  const json = express.json({ limit, strict: false, type: isJson });
  return ({ body, ignoresUnread }) => {
    const isRead = body !== undefined || !ignoresUnread;
    return (request, response, next) => {
      nameUtf8(request);
      if (lengthOf(request.headers) > limit) return next(tooLarge());
      goOn(request, response);
      const done = onlyOnce(next);
      if (request.headers['transfer-encoding'] !== undefined)
        onExcess(request, limit, () => done(tooLarge()));
      json(request, response, (error?: unknown) =>
        done(!isRead && isUnreadable(error) ? undefined : error),
      );
    };
  };
}

/** Closes the connection of an upload that goes on although it was answered. */
export function cutUploads(limit: number): RequestHandler {
  return (request, response, next) => {
    const { headers, socket } = request;
    const isBounded = headers['transfer-encoding'] === undefined && lengthOf(headers) <= limit;
    if (!isBounded)
      response.once('finish', () => {
        setTimeout(() => void (request.complete || socket.destroy()), LINGER).unref();
      });
    next();
  };
}

function lengthOf(headers: IncomingMessage['headers']): number {
  return Number(headers['content-length'] ?? 0);
}

function goOn(request: Request, response: ServerResponse): void {
  if (!waiting.has(request) || !isJson(request)) return;
  response.removeHeader('Connection');
  response.writeContinue();
}

/** Calls `act` once the body is longer than `limit`, in bytes as sent. */
function onExcess(request: Request, limit: number, act: () => void): void {
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size > limit) act();
  });
}

/** The parser reports a body that is too long only once all of it has come. */
function onlyOnce(next: NextFunction): (error?: unknown) => void {
  let isDone = false;
  return (error) => {
    if (isDone) return;
    isDone = true;
    next(error);
  };
}

function tooLarge(): RequestError {
  return new RequestError('too_large', 'The body is too large.', 'body');
}

/** `utf8` is a label of UTF-8 (https://encoding.spec.whatwg.org/#names-and-labels), so clients use it. */
function nameUtf8({ headers }: Request): void {
  const type = headers['content-type'];
  if (type !== undefined)
    headers['content-type'] = type.replace(/(;\s*charset\s*=\s*"?)utf8(?=["\s;]|$)/i, '$1utf-8');
}
