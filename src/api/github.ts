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
  code: z.string().min(1).max(1000).optional().describe('The code that GitHub gave the browser.'),
  state: z.string().max(1000).optional().describe('The state that the sign-in began with.'),
  error: z.string().max(200).optional().describe('The reason why GitHub gave no code.'),
});

export const signedIn = z
  .object({
    user,
    token: z
      .string()
      .meta({ description: 'The secret of an API token that lasts 30 days; shown only here.' }),
  })
  .meta({ id: 'SignedIn', description: 'A user, and a credential of theirs.' });

export const githubDevice = z
  .object({
    handle: z
      .string()
      .meta({ description: 'Opaque; proves that you started this sign-in. Keep it secret.' }),
    userCode: z
      .string()
      .meta({ description: 'The code for the user to type at `verificationUri`.' }),
    verificationUri: z.url().describe('The page where the user types the code.'),
    intervalSeconds: z.number().meta({ description: 'Wait this long before each attempt.' }),
    expiresInSeconds: z.number().describe('The code is valid for this long.'),
  })
  .meta({ id: 'GithubDevice', description: 'A sign-in that waits for its user.' });

export const githubDeviceToken = z
  .strictObject({
    handle: z.string().min(1).max(4000).describe('From the answer that began the sign-in.'),
  })
  .meta({
    id: 'GithubDeviceToken',
    description: 'Names the sign-in to finish.',
    example: { handle: 'from the answer that began the sign-in' },
  });

export const githubPending = z
  .object({
    status: z.literal('pending').describe('The user has not agreed yet.'),
    intervalSeconds: z.number().meta({
      description:
        'Wait this long before the next attempt; after several answers, use the longest time.',
    }),
  })
  .meta({ id: 'GithubPending', description: 'A sign-in that still waits for its user.' });
