import { z } from 'zod';
import { comparable } from '../../domain/people/user';
import { errorBody } from '../fields';

export const username = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    error: 'must have 1 to 63 of letters, digits and . _ -',
  })
  .describe('The name of the account; no other has it.');
export const accountId = z.string().min(1).max(64).describe('The id of the account.');
export const email = z.email().max(254).transform(comparable).describe('The address.');
const error = 'must be a positive whole number';
export const githubId = z
  .union([z.string(), z.number().int().max(Number.MAX_SAFE_INTEGER)], { error })
  .transform(String)
  .refine((text) => /^[1-9]\d{0,18}$/.test(text), { error })
  .describe('The number of the account at GitHub.');

export const account = z.object({
  id: z.string().describe('The id of the account.'),
  username: z.string().describe('Its name.'),
});
export const linkedEmail = z.object({
  id: z.string().describe('The id of the link.'),
  accountId: z.string().describe('The id of the account.'),
  email: z.string().describe('The address.'),
});
export const linkedGithub = z.object({
  id: z.string().describe('The id of the link.'),
  accountId: z.string().describe('The id of the account.'),
  githubId: z.string().describe('The number of the account at GitHub.'),
});
const refusal = (description: string) => ({ description, body: errorBody });
export const refusals = {
  400: refusal('The request is wrong; the answer says why.'),
  401: refusal('The credential is missing or wrong.'),
  403: refusal('The credential does not allow this.'),
};
export const unknown = { 404: refusal('It does not exist.') };
export const taken = {
  409: refusal('It is taken already.'),
  422: refusal('The X-Request-ID was used for another request.'),
};
