import type { ErrorRequestHandler } from 'express';
import type { DomainError } from '../domain/errors';
import type { Logger } from './logger';
import { asDomainError, logFault, PROBLEMS, sendRetryAfter } from './problems';
import type { Answer, Route } from './route';
import { send } from './send';

/** An error in the format of the route's own API, which has one. A status of 429 stays what it is. */
export function formattedError({ formatError }: Route, error: DomainError): Answer {
  const { status } = PROBLEMS[error.code];
  return status === 429 ? { ...formatError!(error), status } : formatError!(error);
}

/** Answers errors in the format of the route's own API, if it has one, and logs what that hides. */
export function formatErrors(route: Route, logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const known = asDomainError(error);
    if (!route.formatError || response.headersSent || known.code === 'internal') return next(error);
    logFault(logger, response, known.cause);
    sendRetryAfter(response, known);
    send(response, formattedError(route, known));
  };
}

/**
 * Answers a path that cannot be decoded, and so reaches no route, in the format of the API that it
 * was meant for.
 */
export function formatUnreadable(routes: Route[], logger: Logger): ErrorRequestHandler {
  const formatting = routes
    .filter(({ formatError }) => formatError)
    .map((route) => ({ route, pattern: patternOf(route), format: formatErrors(route, logger) }));
  return (error: unknown, request, response, next) => {
    const method = request.method.toLowerCase();
    const meant = formatting.find(
      ({ route, pattern }) => route.method === method && pattern.test(request.path),
    );
    if (!meant) return next(error);
    void meant.format(error, request, response, next);
  };
}

/** Matches the path of a route, whatever its parameters are. */
function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`, 'i');
}
