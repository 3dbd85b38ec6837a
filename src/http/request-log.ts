import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Logger } from './logger';

/**
 * Gives every request an id (the caller's X-Request-ID if it is a sane one), sets the headers that every answer bears,
 * and logs one line when it is answered: the route, never the query string.
 */
export function requestLog(logger: Logger, newId: () => string): RequestHandler {
  return (request: Request, response: Response, next: NextFunction) => {
    const given = request.get('X-Request-ID');
    const requestId = given !== undefined && /^[\x21-\x7e]{1,128}$/.test(given) ? given : newId();
    response.locals.requestId = requestId;
    response.set({ 'X-Request-ID': requestId, 'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    const start = performance.now();
    const { method } = request;
    response.on('close', () => {
      const route = (request.route as { path?: string } | undefined)?.path ?? 'none';
      const ms = Math.round(performance.now() - start);
      logger.info({ requestId, method, route, status: response.writableFinished ? response.statusCode : 499, ms }, 'request');
    });
    next();
  };
}
