import { DomainError, type ErrorCode } from '../domain/errors';

/**
 * A fault of the request itself, found before anything was decided. `field` is named as the caller
 * wrote it: a part of the request, a header, or a path into the body.
 */
export class RequestError extends DomainError {
  constructor(
    code: ErrorCode,
    message: string,
    override readonly field: string,
  ) {
    super(code, message, field);
    this.name = 'RequestError';
  }
}
