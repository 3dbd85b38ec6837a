import { z } from 'zod';
import { DomainError, type ErrorCode } from '../../domain/errors';
import { token } from '../fields';
import type { Answer } from '../../http/route';

/** The statuses of this API; any other error is a 400. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  forbidden: 403,
  method_not_allowed: 405,
  busy: 503,
};

/** An error in the form of this API; spelling and punctuation are the original's. */
export function formatError({ code, message }: DomainError): Answer {
  const status = STATUS[code] ?? 400;
  return status === 401 ? NOT_AUTHORIZED : says(status, message);
}

/** An answer that is one sentence. */
export function says(status: number, message: string): Answer {
  return { status, body: { message } };
}

/** An answer of one sentence whose key the original spells with a capital. */
export function saysCapital(status: number, message: string): Answer {
  return { status, body: { Message: message } };
}

const NOT_AUTHORIZED = saysCapital(401, 'Authentication or Authorization failed');

/** A handler that turns errors into answers by their code, and rethrows all others. */
export function instead(answers: Partial<Record<ErrorCode, Answer>>): (error: unknown) => Answer {
  return (error) => {
    const known = error instanceof DomainError ? answers[error.code] : undefined;
    if (!known) throw error;
    return known;
  };
}

/** For routes whose only errors are those of any call. */
export const noErrors: ErrorCode[] = [];

/** The error for a caller who lacks the right. */
export function refused(): DomainError {
  return new DomainError('unauthenticated', 'Authentication or Authorization failed');
}

export const INVALID_VM = says(400, 'Invalid VM');
export const INVALID_USER = says(400, 'Invalid user');

const NUMBER = /^[1-9]\d{0,8}$/;
const error = 'must be a positive whole number';

/** A number in a path. */
export const params = z.object({
  n: z
    .string()
    .regex(NUMBER, { error })
    .transform(Number)
    .describe('The number of the VM or of the user.'),
});

/** A number in a body, as the original's clients send it: a JSON number or a string of digits. */
export const wholeNumber = z
  .union([z.string(), z.number()], { error })
  .transform(String)
  .refine((text) => NUMBER.test(text), { error })
  .transform(Number);

/** Every call of this API accepts a credential in the body, and a token in the query. */
export const query = z.object({ token });
/** A list goes on after the entry of this number, which `Link` names. */
export const listQuery = query.extend({
  after: z
    .string()
    .regex(NUMBER, { error })
    .transform(Number)
    .optional()
    .describe('The number that the page before ended with; see `Link`.'),
});
export const auth = z
  .looseObject({
    userid: z.union([z.number(), z.string()]).describe('The number of the user.'),
    password: z.string().describe('The password of the user.'),
  })
  .optional()
  .meta({ description: "This API's own credential." });
/** A body of this API in its documentation: these fields, and the credential of an admin. */
export function withAuth(fields: Record<string, unknown> = {}): {
  example: Record<string, unknown>;
} {
  return { example: { auth: { userid: 1, password: 'user1' }, ...fields } };
}
export const authBody = z.looseObject({ auth }).optional().meta(withAuth());

const words = z.string().describe('The outcome, for people.');

/** The body of an answer that is one sentence. */
export const message = z
  .union([z.object({ message: words }), z.object({ Message: words })])
  .meta({ id: 'LegacyMessage', description: 'An answer that is one sentence.' });

/** Describes an answer that is one sentence. */
export function sentence(description: string) {
  return { description, body: message };
}

/** The refusals that any call of this API may give. */
export const refusals = {
  400: sentence('The request is wrong; the answer says why.'),
  401: sentence('The credential is missing, wrong or insufficient.'),
};

/** Common to all look-ups of this API. */
export const lookUp = { method: 'get', formatError, query, errors: noErrors } as const;

/** Common to all deletions by number, which are for admins. */
export const deletion = {
  method: 'delete',
  access: 'admin',
  formatError,
  params,
  query,
  body: authBody,
} as const;
