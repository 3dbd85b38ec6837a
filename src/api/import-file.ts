import { z } from 'zod';
import { SCOPES } from '../domain/people/user';
import { oneLine } from './text';

const text = z.string().min(1).max(1024);
const name = oneLine(200).min(1);
const email = z.email().max(254);
const username = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
  error: 'must have 1 to 63 of letters, digits and . _ -',
});
const role = z.enum(['user', 'admin']);
const person = z
  .string()
  .min(1)
  .max(254)
  .describe('A user of this file or of the server, by e-mail address or username.');

const user = z
  .strictObject({
    name,
    email: email.optional(),
    username: username.optional(),
    password: text.optional().describe('In clear; only a hash of it is stored.'),
    passwordHash: z
      .string()
      .regex(/^\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/, {
        error: 'must be a bcrypt hash with a cost from 4 to 15',
      })
      .optional()
      .describe('A bcrypt hash of the password itself; the user keeps that password.'),
    role: role.default('user'),
    vmNumber: z
      .int()
      .positive()
      .max(1_000_000_000)
      .optional()
      .describe('`userid` of VM reservation clients. Default: the next free one.'),
    vmRole: role.optional().describe('The role in the VM reservation API only.'),
    emails: z.array(email).max(100).default([]).describe('Further addresses, unverified.'),
    githubIds: z
      .array(z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/)]))
      .max(100)
      .default([])
      .describe('GitHub account ids, unverified.'),
  })
  .refine((entry) => entry.email !== undefined || entry.username !== undefined, {
    error: 'must have an e-mail address or a username',
  })
  .refine((entry) => entry.vmNumber === undefined || entry.vmRole !== undefined, {
    error: 'must not have a vmNumber without a vmRole',
  })
  .refine((entry) => entry.password === undefined || entry.passwordHash === undefined, {
    error: 'must not have both a password and a passwordHash',
  });

const apiToken = z.strictObject({
  user: person,
  name,
  secret: z
    .string()
    .min(8)
    .max(200)
    .describe('The secret that clients send already; only a hash of it is stored.'),
  scopes: z.array(z.enum(SCOPES)).min(1).default(['read', 'reserve']),
  maxPriority: z.int().min(0).max(100).default(0),
});

const pool = z.string().min(1).max(63).describe('A pool of the server.');
const type = z.string().min(1).max(63).optional().describe('Default: the first type of the pool.');

const account = z.strictObject({
  pool,
  type,
  name: name.optional(),
  username: text,
  password: text,
});
const vm = z.strictObject({
  pool,
  type,
  number: z
    .int()
    .positive()
    .max(1_000_000_000)
    .optional()
    .describe('`vmid` of VM reservation clients. Default: the next free one.'),
  name: name.optional(),
  heldBy: person
    .optional()
    .describe('Its present holder, who keeps it: without an end if the pool allows that.'),
});
const lentToken = z.strictObject({
  pool,
  type,
  value: text.describe('The token itself, usually a UUID.'),
});

/** The file that `holdfast import FILE` reads. */
export const importFile = z
  .strictObject({
    $schema: z.string().optional(),
    users: z.array(user).default([]),
    apiTokens: z.array(apiToken).default([]),
    accounts: z.array(account).default([]),
    vms: z.array(vm).default([]),
    tokens: z.array(lentToken).default([]),
  })
  .meta({
    id: 'ImportFile',
    description:
      'Users, tokens and resources to import from another system. Existing ones stay as they are.',
  });

export type ImportFile = z.output<typeof importFile>;
export type ImportedUser = ImportFile['users'][number];
