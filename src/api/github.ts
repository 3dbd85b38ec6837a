import { z } from 'zod';
import { user } from './people';

export const githubBegin = z.strictObject({
  to: z
    .enum(['page'])
    .optional()
    .meta({
      description:
        '`page`: the sign-in ends at the page of this server, in a session of this browser, and ' +
        'shows no token.',
    }),
});

/**
 * Not strict, because GitHub may add parameters:
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export const githubCallback = z.object({
  code: z.string().min(1).max(1000).optional(),
  state: z.string().max(1000).optional(),
  error: z.string().max(200).optional(),
});

export const signedIn = z
  .object({
    user,
    token: z
      .string()
      .meta({ description: 'The secret of an API token that lasts 30 days; shown only here.' }),
  })
  .meta({ id: 'SignedIn' });

export const githubDevice = z
  .object({
    handle: z
      .string()
      .meta({ description: 'Opaque; proves that you started this sign-in. Keep it secret.' }),
    userCode: z
      .string()
      .meta({ description: 'The code for the user to type at `verificationUri`.' }),
    verificationUri: z.url(),
    intervalSeconds: z.number().meta({ description: 'Wait this long before each attempt.' }),
    expiresInSeconds: z.number(),
  })
  .meta({ id: 'GithubDevice' });

export const githubDeviceToken = z
  .strictObject({ handle: z.string().min(1).max(4000) })
  .meta({ id: 'GithubDeviceToken', example: { handle: 'from the answer that began the sign-in' } });

export const githubPending = z
  .object({
    status: z.literal('pending'),
    intervalSeconds: z.number().meta({
      description:
        'Wait this long before the next attempt; after several answers, use the longest time.',
    }),
  })
  .meta({ id: 'GithubPending' });
