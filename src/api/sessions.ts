import { z } from 'zod';
import { id, instant } from './common';
import { user } from './people';

/** A session of a browser; its secret is in the cookie alone. */
export const session = z
  .object({
    id: id.describe('The id of the session.'),
    createdAt: instant.describe('When it was made.'),
    lastSeenAt: instant.meta({ description: 'When it was last used, to within a minute.' }),
    endsAt: instant.meta({ description: 'When it ends unless it is used before.' }),
    expiresAt: instant.meta({ description: 'When it ends however much it is used.' }),
    address: z.string().nullable().meta({ description: 'The address from which it was made.' }),
    userAgent: z
      .string()
      .nullable()
      .meta({ description: 'The browser, as it calls itself; null if it did not.' }),
    apiTokenId: id.nullable().meta({
      description: 'The token that made it, with which it ends; null: a password did.',
    }),
    current: z.boolean().meta({ description: 'Is it the one that makes this call?' }),
  })
  .meta({ id: 'Session', description: 'A sign-in of a browser.' });

export const sessionAnswer = z
  .object({
    user: user.meta({ description: 'The user who is signed in.' }),
    session: session.meta({ description: 'The session that the cookie belongs to.' }),
  })
  .meta({ id: 'SessionAnswer', description: 'Who has signed in, and the session.' });

export const sessionUser = z
  .object({
    user: user.nullable().meta({ description: 'The user who is signed in; null: nobody.' }),
  })
  .meta({ id: 'SessionUser', description: 'Who is signed in with this browser.' });

export const sessionList = z
  .object({
    items: z.array(session).meta({ description: 'All of them, the one used last first.' }),
  })
  .meta({ id: 'SessionList', description: 'The open sessions of a user.' });

export type SessionFields = z.input<typeof session>;
