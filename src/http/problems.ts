import type { ErrorRequestHandler, Request, Response } from 'express';
import { DomainError, type ErrorCode } from '../domain/errors';
import type { Logger } from './logger';
import { RequestError } from './request-error';
import { wireField } from './v1/fields';

/**
 * Maps each error code to its HTTP status and title, and to the seconds after which to retry.
 * docs/errors.md explains the codes.
 */
export const PROBLEMS: Record<ErrorCode, { status: number; title: string; retryAfter?: number }> = {
  invalid: { status: 400, title: 'Invalid request' },
  too_many_classes: { status: 400, title: 'Item matches too many resource classes' },
  unauthenticated: { status: 401, title: 'Authentication required' },
  forbidden: { status: 403, title: 'Not allowed' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  conflict: { status: 409, title: 'Conflict with the current state' },
  already_set_up: { status: 409, title: 'Already set up' },
  unavailable_now: { status: 409, title: 'Not available now' },
  not_served: { status: 409, title: 'Ended without being served' },
  lease_over: { status: 409, title: 'Lease has ended' },
  in_use: { status: 409, title: 'Resource in use' },
  precondition_failed: { status: 412, title: 'Changed since it was read' },
  too_large: { status: 413, title: 'Request too large' },
  unsupported_media_type: { status: 415, title: 'JSON required' },
  idempotency_mismatch: { status: 422, title: 'Idempotency key used for another request' },
  unsatisfiable: { status: 422, title: 'More than the pools can hold' },
  over_maximum: { status: 422, title: 'Over the maximum lease' },
  unsupported: { status: 422, title: 'Not supported here' },
  internal: { status: 500, title: 'Internal error' },
  rate_limited: { status: 429, title: 'Too many calls', retryAfter: 60 },
  too_many_active: { status: 429, title: 'Too many resources held', retryAfter: 60 },
  too_many_queued: { status: 429, title: 'Too many queued requests', retryAfter: 60 },
  queue_full: { status: 429, title: 'Queue is full', retryAfter: 60 },
  busy: { status: 503, title: 'Busy', retryAfter: 1 },
};

/** Answers with a problem (RFC 9457). Details of internal errors stay in the log. */
export function sendProblem(response: Response, error: DomainError): void {
  const { status } = PROBLEMS[error.code];
  if (status === 401) response.set('WWW-Authenticate', challengeFor(response.req));
  sendRetryAfter(response, error);
  const body = problemOf(error, response.locals.requestId as string);
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/**
 * A browser asks for a password of its own accord where Basic is offered, which would cover the page
 * that made the call. Such pages send X-Requested-With.
 */
function challengeFor({ headers }: Request): string {
  const asksItself = headers['x-requested-with'] !== undefined;
  return asksItself ? 'Bearer' : 'Bearer, Basic realm="holdfast", charset="UTF-8"';
}

/** The body of a problem. */
export function problemOf(error: DomainError, requestId: string): Record<string, unknown> {
  const { status, title } = PROBLEMS[error.code];
  const field = wireField(error);
  return {
    type: `urn:holdfast:problem:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(field === undefined ? {} : { field }),
    requestId,
  };
}

/** Sets Retry-After if a retry helps, unless a more precise one is set already. */
export function sendRetryAfter(response: Response, { code, wait }: DomainError): void {
  const retryAfter = wait === undefined ? PROBLEMS[code].retryAfter : Math.ceil(wait / 1000);
  if (retryAfter !== undefined && !response.hasHeader('Retry-After'))
    response.set('Retry-After', String(retryAfter));
}

/** Handles every error that no route has answered itself. */
export function problemHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = asDomainError(error);
    logFault(logger, response, known.code === 'internal' ? error : known.cause);
    sendProblem(response, known);
  };
}

/**
 * Logs what made a call fail, if the caller was not told. An error that hides another, as `busy`
 * does, has it as its cause. `fault`: undefined where nothing is hidden.
 */
export function logFault(logger: Logger, response: Response, fault: unknown): void {
  if (fault === undefined) return;
  const requestId = response.locals.requestId as string;
  logger.error({ err: fault, requestId }, 'request failed');
}

/** Says whether the body parser could make nothing of a body that arrived whole. */
export function isUnreadable(error: unknown): boolean {
  const type = (error as { type?: unknown } | null | undefined)?.type;
  return ['entity.parse.failed', 'encoding.unsupported', 'charset.unsupported'].includes(
    String(type),
  );
}

/**
 * Turns any error into a DomainError. Those of the body parser have a `type`:
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
      'The body must be JSON in UTF-8.',
      'Content-Type',
    );
  if (error instanceof URIError || (error as { status?: unknown } | null)?.status === 400)
    return new RequestError('invalid', 'The request cannot be read.', 'request');
  return new DomainError(
    'internal',
    'An internal error occurred; the log has details under the request id.',
  );
}
