import {
  ConnectionError,
  HoldfastError,
  ProblemError,
  UnexpectedAnswerError,
} from '../../client/errors';
import { InvalidDurationError } from '../../client/duration';
import { LoanLostError } from '../../client/lost';
import type { EXIT } from '../exit-codes';
import { plain } from '../plain';

type Exit = keyof typeof EXIT;

const ELSEWHERE = 'Does the server run, and is --url right? `holdfast doctor` looks closer.';
/** The advice to somebody without a good token. */
export const SIGN_IN = 'Run `holdfast login`, or set HOLDFAST_TOKEN.';

/** Codes of problems that do not mean that the server refuses what was asked. */
const EXITS: Readonly<Partial<Record<ProblemError['code'], Exit>>> = {
  invalid: 'usage',
  too_large: 'usage',
  unauthenticated: 'denied',
  forbidden: 'denied',
  not_found: 'missing',
  lease_over: 'lost',
  rate_limited: 'unreachable',
  busy: 'unreachable',
  internal: 'unreachable',
};

/** A failed call. */
export interface Failure {
  /** One line. */
  message: string;
  /** Says what to do about it. */
  advice?: string;
  exit: Exit;
}

/** Tells about an error of the client, with the exit code for it; null: it is no such error. */
export function failureOf(error: unknown): Failure | null {
  if (error instanceof ProblemError) return problem(error);
  if (error instanceof InvalidDurationError) return { message: error.message, exit: 'usage' };
  if (error instanceof LoanLostError) return { message: error.message, exit: 'lost' };
  if (error instanceof ConnectionError)
    return {
      message: `${error.message.replace(/\.$/, '')}${reasonOf(error)}. ${ELSEWHERE}`,
      exit: 'unreachable',
    };
  if (error instanceof UnexpectedAnswerError)
    return { message: `${error.message} Is --url right?`, exit: 'unreachable' };
  return error instanceof HoldfastError ? { message: error.message, exit: 'failed' } : null;
}

function problem({ code, detail, field, requestId }: ProblemError): Failure {
  const place = field === undefined || saysAll(detail, field) ? '' : `${field}: `;
  const trace = code === 'internal' ? ` The log of the server has it as ${requestId}.` : '';
  const list = /^There is no pool /.test(detail) ? ' See: holdfast pools' : '';
  const advice = code === 'unauthenticated' ? { advice: SIGN_IN } : {};
  const message = plain(`${place}${detail}${list}${trace}`);
  return { message, ...advice, exit: EXITS[code] ?? 'refused' };
}

/** Where the sentence names the thing, its place in the body helps nobody at a terminal. */
function saysAll(detail: string, field: string): boolean {
  return /^There is no (pool|resource|user) \S/.test(detail) || detail.includes(field);
}

/** The innermost reason, such as ECONNREFUSED. */
function reasonOf(error: Error): string {
  let reason: { cause?: unknown; code?: unknown; message?: string } = error;
  while (reason.cause instanceof Error) reason = reason.cause;
  if (reason === error) return '';
  return ` (${typeof reason.code === 'string' ? reason.code : reason.message})`;
}
