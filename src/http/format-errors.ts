import type { ErrorRequestHandler } from 'express';
import type { DomainError } from '../domain/errors';
import type { Logger } from './logger';
import { asDomainError, logFault, PROBLEMS, sendRetryAfter } from './problems';
import { RequestError } from './request-error';
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
 * Refuses a path that cannot be decoded, and so reaches no route: it names the parameter, in the
 * format of the legacy API that the path was meant for.
 */
export function refuseUndecodable(routes: Route[], logger: Logger): ErrorRequestHandler {
  const known = routes
    .filter(({ params, formatError }) => params && formatError)
    .map((route) => ({ route, pattern: patternOf(route), format: formatErrors(route, logger) }));
  return (error: unknown, request, response, next) => {
    const method = request.method.toLowerCase();
    const meant = known.find(
      ({ route, pattern }) => route.method === method && pattern.test(request.path),
    );
    if (!meant || isDecodable(request.path)) return next(error);
    const name = /\{(\w+)\}/.exec(meant.route.path)![1]!;
    const refusal = new RequestError('invalid', `${name}: is not UTF-8, percent-encoded.`, name);
    void meant.format(refusal, request, response, next);
  };
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** Matches the path of a route, whatever its parameters are. */
function patternOf({ path }: Route): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`, 'i');
}
