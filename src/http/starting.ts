import type { RequestListener } from 'node:http';
import { DomainError } from '../domain/errors';
import { problemOf, PROBLEMS } from './problems';
import { beginAnswer } from './request-log';

const STARTING = new DomainError('busy', 'Holdfast is starting; try again.');

/** Answers every call with a problem until the app can take over. */
export function refuseWhileStarting(newId: () => string): RequestListener {
  return (request, response) => {
    const { status, retryAfter } = PROBLEMS[STARTING.code];
    const requestId = beginAnswer(request, response, newId);
    const text = JSON.stringify(problemOf(STARTING, requestId));
    response.writeHead(status, {
      'Retry-After': String(retryAfter),
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(request.method === 'HEAD' ? undefined : text);
  };
}
