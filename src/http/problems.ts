import type { ErrorRequestHandler, Response } from 'express';
import { DomainError, type ErrorCode } from '../domain/errors';
import type { Logger } from './logger';
import { RequestError } from './request-error';
import { wireField } from './v1/fields';

/**
 * The one table from error code to HTTP status and title, and in how many seconds to try again.
 * docs/errors.md explains each.
 */
export const PROBLEMS: Record<ErrorCode, { status: number; title: string; retryAfter?: number }> = {
  invalid: { status: 400, title: 'The request is not valid' },
  too_many_classes: { status: 400, title: 'The item fits too many resource classes' },
  unauthenticated: { status: 401, title: 'Who are you?' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'Not with this method' },
  conflict: { status: 409, title: 'It does not fit what there is' },
  already_set_up: { status: 409, title: 'Set up already' },
  unavailable_now: { status: 409, title: 'Nothing available now' },
  lease_over: { status: 409, title: 'The lease is over' },
  in_use: { status: 409, title: 'In use' },
  precondition_failed: { status: 412, title: 'Changed meanwhile' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'JSON is wanted' },
  idempotency_mismatch: { status: 422, title: 'The key was used for another request' },
  unsatisfiable: { status: 422, title: 'More than there will ever be' },
  over_maximum: { status: 422, title: 'Over the maximum' },
  unsupported: { status: 422, title: 'Not possible here' },
  internal: { status: 500, title: 'Our fault' },
  rate_limited: { status: 429, title: 'Too many calls', retryAfter: 60 },
  too_many_active: { status: 429, title: 'You hold too much', retryAfter: 60 },
  too_many_queued: { status: 429, title: 'You wait for too much', retryAfter: 60 },
  queue_full: { status: 429, title: 'The queue is full', retryAfter: 60 },
  busy: { status: 503, title: 'Try again', retryAfter: 1 },
};

/** Answers with a problem (RFC 9457). Details of our own faults stay in the log. */
export function sendProblem(response: Response, error: DomainError): void {
  const { status, title } = PROBLEMS[error.code];
  if (status === 401)
    response.set('WWW-Authenticate', 'Bearer, Basic realm="holdfast", charset="UTF-8"');
  sendRetryAfter(response, error.code);
  const field = wireField(error);
  const body = {
    type: `urn:holdfast:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(field === undefined ? {} : { field }),
    requestId: response.locals.requestId as string,
  };
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/** Says when to try again, where that helps and nobody has said it better. */
export function sendRetryAfter(response: Response, code: ErrorCode): void {
  const { retryAfter } = PROBLEMS[code];
  if (retryAfter !== undefined && !response.hasHeader('Retry-After'))
    response.set('Retry-After', String(retryAfter));
}

/** The last stop of every error. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = asDomainError(error);
    const fault = known.code === 'internal' ? error : known.cause;
    if (fault !== undefined)
      logger.error(
        { err: fault, requestId: response.locals.requestId as string },
        'request failed',
      );
    sendProblem(response, known);
  };
}

/**
 * What went wrong, as one of our own errors. Errors of the body parser bear a `type`:
 * https://github.com/expressjs/body-parser#errors.
 */
export function asDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const type = (error as { type?: unknown } | null)?.type;
  if (type === 'entity.parse.failed')
    return new RequestError('invalid', 'The body is not JSON.', 'body');
  if (type === 'entity.too.large')
    return new RequestError('too_large', 'The body is too large.', 'body');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new RequestError(
      'unsupported_media_type',
      'The body is to be JSON in UTF-8.',
      'Content-Type',
    );
  if (error instanceof URIError || (error as { status?: unknown } | null)?.status === 400)
    return new RequestError('invalid', 'The request cannot be read.', 'request');
  return new DomainError(
    'internal',
    'Something went wrong here; the log has more under the request id.',
  );
}
