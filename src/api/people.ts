import { z } from 'zod';
import { MAX_PRIORITY } from '../domain/queue/scheduling';
import { SCOPES } from '../domain/people/user';
import { id, instant, listOf } from './common';
import { oneLine } from './text';

const name = oneLine(200).trim().min(1).describe('The name that others read.');
const email = z.email().max(254).describe('Signs in together with the password.');
const username = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
    error: 'must have 1 to 63 of letters, digits and . _ -',
  })
  .describe("A short name, which is nobody else's.");
const password = z.string().min(8).max(1024).describe('Signs in; only a hash of it is kept.');
const role = z.enum(['user', 'admin']).describe('admin: may do everything.');

export const setup = z
  .strictObject({
    setupToken: z
      .string()
      .min(1)
      .max(200)
      .describe('Printed at the first start, or given by the setting SETUP_TOKEN.'),
    name,
    email,
    password,
  })
  .meta({
    id: 'Setup',
    description: 'The first admin.',
    example: {
      setupToken: 'the setup token',
      name: 'Ada',
      email: 'ada@example.org',
      password: 'correct horse battery',
    },
  });

export const user = z
  .object({
    id: id.describe('The id of the user.'),
    number: z.number().int().describe('Rises with each user of this server.'),
    name: z.string().describe('The name that others read.'),
    email: z.string().nullable().describe('The address that signs in; null: there is none.'),
    username: z.string().nullable().describe('The short name; null: there is none.'),
    role,
    createdAt: instant.describe('When the user was added.'),
  })
  .meta({ id: 'User', description: 'Somebody who may call, with their own rights.' });

export const setupAnswer = z
  .object({
    user,
    token: z.string().meta({ description: 'The secret of an API token; shown only here.' }),
  })
  .meta({ id: 'SetupAnswer', description: 'The first admin, and a credential of theirs.' });

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
    description: 'A user to be added.',
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
    description: 'Only what is given changes.',
    example: {
      name: 'Cid',
      email: 'cid@example.org',
      username: 'cid',
      password: 'correct horse battery',
      role: 'user',
    },
  });
export const userList = listOf(user).meta({ id: 'UserList', description: 'A page of users.' });

export const me = user
  .extend({
    scopes: z.array(z.enum(SCOPES)).describe('The scopes of the credential of this call.'),
    maxPriority: z.number().int().describe('The highest priority that its requests may have.'),
    apiTokenId: id.nullable().describe('The token of this call; null: a password.'),
    emails: z
      .array(
        z.object({
          email: z.string().describe('The address.'),
          verified: z.boolean().describe('Has GitHub confirmed that it is theirs?'),
        }),
      )
      .meta({ description: 'Addresses other than `email`.' }),
    sshKeys: z
      .array(
        z.object({
          key: z.string().describe('An OpenSSH public key.'),
          source: z.enum(['github']).describe('Where it comes from.'),
        }),
      )
      .meta({ description: 'Public keys that open what you borrow.' }),
  })
  .meta({ id: 'Me', description: 'The caller, and the credential of this call.' });

export const newToken = z
  .strictObject({
    name,
    scopes: z
      .array(z.enum(SCOPES))
      .min(1)
      .max(SCOPES.length)
      .optional()
      .meta({
        description:
          'Default: read and reserve, as far as the calling credential has them. secrets: an agent ' +
          'that uses it (MCP) is shown the passwords of what it borrows; read and reserve may give it.',
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
    description: 'A token to be made, with at most the rights of the calling credential.',
    example: { name: 'mine', scopes: ['read'], expiresInSeconds: 60, maxPriority: 0 },
  });

export const token = z
  .object({
    id: id.describe('The public id of the token; it opens nothing.'),
    name: z.string().describe('The name that its user gave it.'),
    userId: id.describe('The user for whom it acts.'),
    scopes: z.array(z.enum(SCOPES)).describe('The kinds of calls that it may make.'),
    maxPriority: z.number().int().describe('The highest priority that its requests may have.'),
    createdAt: instant.describe('When it was made.'),
    expiresAt: instant.nullable().describe('When it ends by itself; null: never.'),
    lastUsedAt: instant.nullable().describe('When it was used last, to the minute; null: never.'),
    revokedAt: instant.nullable().describe('When it was revoked; null: it was not.'),
  })
  .meta({ id: 'Token', description: 'A credential for programs, without its secret.' });

export const newTokenAnswer = token
  .extend({
    token: z
      .string()
      .nullable()
      .meta({ description: 'The secret, shown once; null in the answer to a repeated request.' }),
  })
  .meta({ id: 'NewTokenAnswer', description: 'A new token, with its secret.' });
export const tokenList = listOf(token).meta({ id: 'TokenList', description: 'A page of tokens.' });
