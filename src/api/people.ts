import { z } from 'zod';
import { MAX_PRIORITY } from '../domain/queue/scheduling';
import { SCOPES } from '../domain/people/user';
import { id, instant, listOf } from './common';
import { oneLine } from './text';

const name = oneLine(200).trim().min(1);
const email = z.email().max(254);
const username = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: 'must have 1 to 63 of letters, digits and . _ -',
});
const password = z.string().min(8).max(1024);
const role = z.enum(['user', 'admin']);

export const setup = z
  .strictObject({ setupToken: z.string().min(1).max(200), name, email, password })
  .meta({
    id: 'Setup',
    example: {
      setupToken: 'the setup token',
      name: 'Ada',
      email: 'ada@example.org',
      password: 'correct horse battery',
    },
  });

export const user = z
  .object({
    id,
    number: z.number().int(),
    name: z.string(),
    email: z.string().nullable(),
    username: z.string().nullable(),
    role,
    createdAt: instant,
  })
  .meta({ id: 'User' });

export const setupAnswer = z
  .object({
    user,
    token: z.string().meta({ description: 'The secret of an API token; shown only here.' }),
  })
  .meta({ id: 'SetupAnswer' });

export const newUser = z
  .strictObject({
    name,
    email: email.optional(),
    username: username.optional(),
    password: password.optional(),
    role: role.default('user'),
  })
  .meta({
    id: 'NewUser',
    example: {
      name: 'Bea',
      email: 'bea@example.org',
      username: 'bea',
      password: 'correct horse battery',
      role: 'user',
    },
  });
export const userChange = z
  .strictObject({ name, email, username, password, role })
  .partial()
  .meta({
    id: 'UserChange',
    example: {
      name: 'Cid',
      email: 'cid@example.org',
      username: 'cid',
      password: 'correct horse battery',
      role: 'user',
    },
  });
export const userList = listOf(user).meta({ id: 'UserList' });

export const me = user
  .extend({
    scopes: z.array(z.enum(SCOPES)),
    maxPriority: z.number().int(),
    apiTokenId: id.nullable(),
    emails: z
      .array(z.object({ email: z.string(), verified: z.boolean() }))
      .meta({ description: 'Addresses other than `email`.' }),
    sshKeys: z
      .array(z.object({ key: z.string(), source: z.enum(['github']) }))
      .meta({ description: 'Public keys that open what you borrow.' }),
  })
  .meta({ id: 'Me' });

export const newToken = z
  .strictObject({
    name,
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).optional().meta({
      description: 'Default: read and reserve, as far as the calling credential has them.',
    }),
    expiresInSeconds: z
      .number()
      .int()
      .min(1)
      .max(10 * 366 * 24 * 3600)
      .optional()
      .meta({ description: 'Default, and at most: the remaining life of the calling credential.' }),
    maxPriority: z
      .number()
      .int()
      .min(0)
      .max(MAX_PRIORITY)
      .optional()
      .meta({ description: 'Highest priority for its requests. Default: 0.' }),
  })
  .meta({
    id: 'NewToken',
    example: { name: 'mine', scopes: ['read'], expiresInSeconds: 60, maxPriority: 0 },
  });

export const token = z
  .object({
    id,
    name: z.string(),
    userId: id,
    scopes: z.array(z.enum(SCOPES)),
    maxPriority: z.number().int(),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .meta({ id: 'Token' });

export const newTokenAnswer = token
  .extend({
    token: z
      .string()
      .nullable()
      .meta({ description: 'The secret, shown once; null in the answer to a repeated request.' }),
  })
  .meta({ id: 'NewTokenAnswer' });
export const tokenList = listOf(token).meta({ id: 'TokenList' });
