import { z } from 'zod';
import { user } from './people';

/**
 * GitHub may add to it:
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
      .meta({ description: 'The secret of an API token for 30 days; shown here only.' }),
  })
  .meta({ id: 'SignedIn' });

export const githubDevice = z
  .object({
    handle: z
      .string()
      .meta({ description: 'Opaque; shows that it was you who began. Keep it to yourself.' }),
    userCode: z.string().meta({ description: 'What the user types in at `verificationUri`.' }),
    verificationUri: z.url(),
    intervalSeconds: z.number().meta({ description: 'Wait this long before each try.' }),
    expiresInSeconds: z.number(),
  })
  .meta({ id: 'GithubDevice' });

export const githubDeviceToken = z
  .strictObject({ handle: z.string().min(1).max(4000) })
  .meta({ id: 'GithubDeviceToken' });

export const githubPending = z
  .object({
    status: z.literal('pending'),
    intervalSeconds: z
      .number()
      .meta({ description: 'Wait this long; the longest that you have been told counts.' }),
  })
  .meta({ id: 'GithubPending' });
