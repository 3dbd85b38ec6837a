import type { ErrorCode } from '../domain/errors';

/** Every error of this package. */
export class HoldfastError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'HoldfastError';
  }
}

/** The server could not be reached, or its answer did not arrive whole; `cause` has the reason. */
export class ConnectionError extends HoldfastError {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'ConnectionError';
  }
}

/** Something other than Holdfast answered, such as a proxy; `why` it is taken for that. */
export class UnexpectedAnswerError extends HoldfastError {
  constructor(
    readonly status: number,
    why = 'a proxy may have given it',
  ) {
    super(`An answer with status ${status} is not from Holdfast; ${why}.`);
    this.name = 'UnexpectedAnswerError';
  }
}

/** A problem as the server sends it (RFC 9457). */
export interface Problem {
  code: string;
  status: number;
  detail: string;
  field?: string;
  requestId: string;
}

/** The server refused a call. Each code has a class of its own. */
export class ProblemError extends HoldfastError {
  /** Stable; docs/errors.md explains each. */
  readonly code: ErrorCode;
  readonly status: number;
  /** One sentence for people. */
  readonly detail: string;
  /** The input at fault, if it is one. */
  readonly field: string | undefined;
  /** The id under which the log of the server has the call. */
  readonly requestId: string;
  /** Ms after which a retry may help; undefined if waiting does not help. */
  readonly retryAfter: number | undefined;

  constructor(problem: Problem, retryAfter?: number) {
    super(problem.detail);
    this.code = problem.code as ErrorCode;
    this.status = problem.status;
    this.detail = problem.detail;
    this.field = problem.field;
    this.requestId = problem.requestId;
    this.retryAfter = retryAfter;
    // Not that of the class, which a bundler may shorten.
    this.name = `${problem.code.replace(/(?:^|_)(\w)/g, (_all, first: string) => first.toUpperCase())}Error`;
  }
}

/** `invalid`: invalid request. */
export class InvalidError extends ProblemError {}
/** `unauthenticated`: authentication required. */
export class UnauthenticatedError extends ProblemError {}
/** `forbidden`: not allowed. */
export class ForbiddenError extends ProblemError {}
/** `not_found`: not found. */
export class NotFoundError extends ProblemError {}
/** `conflict`: conflict with the current state. */
export class ConflictError extends ProblemError {}
/** `already_set_up`: already set up. */
export class AlreadySetUpError extends ProblemError {}
/** `precondition_failed`: changed since it was read. */
export class PreconditionFailedError extends ProblemError {}
/** `idempotency_mismatch`: idempotency key used for another request. */
export class IdempotencyMismatchError extends ProblemError {}
/** `too_many_classes`: item matches too many resource classes. */
export class TooManyClassesError extends ProblemError {}
/** `unsatisfiable`: more than the pools can hold. */
export class UnsatisfiableError extends ProblemError {}
/** `unavailable_now`: not available now. */
export class UnavailableNowError extends ProblemError {}
/** `not_served`: ended without being served. */
export class NotServedError extends ProblemError {}
/** `too_many_active`: too many resources held. */
export class TooManyActiveError extends ProblemError {}
/** `too_many_queued`: too many queued requests. */
export class TooManyQueuedError extends ProblemError {}
/** `queue_full`: queue is full. */
export class QueueFullError extends ProblemError {}
/** `rate_limited`: too many calls. */
export class RateLimitedError extends ProblemError {}
/** `lease_over`: lease has ended. */
export class LeaseOverError extends ProblemError {}
/** `over_maximum`: over the maximum lease. */
export class OverMaximumError extends ProblemError {}
/** `in_use`: resource in use. */
export class InUseError extends ProblemError {}
/** `unsupported`: not supported here. */
export class UnsupportedError extends ProblemError {}
/** `busy`: busy. */
export class BusyError extends ProblemError {}
/** `method_not_allowed`: method not allowed. */
export class MethodNotAllowedError extends ProblemError {}
/** `unsupported_media_type`: jSON required. */
export class UnsupportedMediaTypeError extends ProblemError {}
/** `too_large`: request too large. */
export class TooLargeError extends ProblemError {}
/** `internal`: internal error. */
export class InternalError extends ProblemError {}

/** The class of each code; a code that the server gains has to be added here. */
export const PROBLEM_ERRORS: Readonly<Record<ErrorCode, typeof ProblemError>> = {
  invalid: InvalidError,
  unauthenticated: UnauthenticatedError,
  forbidden: ForbiddenError,
  not_found: NotFoundError,
  conflict: ConflictError,
  already_set_up: AlreadySetUpError,
  precondition_failed: PreconditionFailedError,
  idempotency_mismatch: IdempotencyMismatchError,
  too_many_classes: TooManyClassesError,
  unsatisfiable: UnsatisfiableError,
  unavailable_now: UnavailableNowError,
  not_served: NotServedError,
  too_many_active: TooManyActiveError,
  too_many_queued: TooManyQueuedError,
  queue_full: QueueFullError,
  rate_limited: RateLimitedError,
  lease_over: LeaseOverError,
  over_maximum: OverMaximumError,
  in_use: InUseError,
  unsupported: UnsupportedError,
  busy: BusyError,
  method_not_allowed: MethodNotAllowedError,
  unsupported_media_type: UnsupportedMediaTypeError,
  too_large: TooLargeError,
  internal: InternalError,
};

/** The error for an answer that refuses. `body`: parsed JSON, whoever sent it. */
export function errorOf(status: number, body: unknown, retryAfter?: number): HoldfastError {
  const problem = body as Partial<Problem> | null | undefined;
  if (typeof problem?.code !== 'string' || typeof problem.detail !== 'string')
    return new UnexpectedAnswerError(status);
  const known = { requestId: '', ...problem, status } as Problem;
  const Class = Object.hasOwn(PROBLEM_ERRORS, problem.code)
    ? PROBLEM_ERRORS[problem.code as ErrorCode]
    : ProblemError;
  return new Class(known, retryAfter);
}
