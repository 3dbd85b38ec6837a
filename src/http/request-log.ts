import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from './logger';

const ALWAYS = Object.entries({
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
});

/**
 * Sets the headers of every answer. Returns the id of the request: the caller's X-Request-ID, if it
 * is printable and short, or else a new one.
 */
export function beginAnswer(
  { headers }: IncomingMessage,
  response: ServerResponse,
  newId: () => string,
): string {
  const given = headers['x-request-id'];
  const requestId =
    typeof given === 'string' && /^[\x21-\x7e]{1,128}$/.test(given) ? given : newId();
  response.setHeader('X-Request-ID', requestId);
  for (const [name, value] of ALWAYS) response.setHeader(name, value);
  return requestId;
}

/**
 * Gives every request an id, sets the headers of every answer, and logs one line per answer: the
 * route, never the query string.
 */
export function requestLog(logger: Logger, newId: () => string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const requestId = beginAnswer(request, response, newId);
    response.locals.requestId = requestId;
    const start = performance.now();
    const { method } = request;
    response.on('close', () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      const ms = Math.round(performance.now() - start);
      logger.info(
        {
          requestId,
          method,
          route,
          status: response.writableFinished ? response.statusCode : 499,
          ms,
        },
        'request',
      );
    });
    next();
  };
}
