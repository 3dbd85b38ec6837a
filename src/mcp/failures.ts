import {
  ConnectionError,
  InvalidDurationError,
  LoanLostError,
  LoanReleasedError,
  ProblemError,
  UnexpectedAnswerError,
} from '../client';

/** A tool cannot do what it was asked to. */
export class ToolError extends Error {
  /** `code`: one of docs/errors.md. */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ToolError';
  }
}

/** The code and the sentence for an agent about an error; null: it is a fault of ours. */
export function failureOf(error: unknown): { code: string; detail: string } | null {
  if (error instanceof ToolError) return { code: error.code, detail: error.message };
  if (error instanceof ProblemError) {
    const { code, detail, field } = error;
    return { code, detail: field === undefined ? detail : `${field}: ${detail}` };
  }
  if (error instanceof InvalidDurationError) return { code: 'invalid', detail: error.message };
  if (error instanceof LoanLostError || error instanceof LoanReleasedError)
    return { code: 'lease_over', detail: error.message };
  if (error instanceof ConnectionError || error instanceof UnexpectedAnswerError)
    return { code: 'unreachable', detail: error.message };
  return null;
}
