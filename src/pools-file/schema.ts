import { z } from 'zod';
import { isOneLine } from '../domain/plain-text';
import { KINDS } from '../domain/pools/pool';
import { MOST_SEATS } from '../domain/pools/seats';
import { duration, durationOrNever } from './duration';

/** Like a DNS label, because pool names become part of container and host names. */
const POOL_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/;
const SECOND = 1_000;
const LARGEST_POOL = 1_000_000;
/** Every request for a kind looks at all types of all pools of that kind. */
const MOST_TYPES = 100;

const poolName = z.string().regex(POOL_NAME, {
  error: 'must begin with a lower-case letter and consist of at most 63 of a-z, 0-9 and -',
});
const name = z.string().regex(NAME, {
  error: 'must begin with a letter or digit and consist of at most 63 letters, digits and . _ @ -',
});
const count = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least)
    .max(most);

const type = z.strictObject({
  name: name.describe('The name that requests use.'),
  share: z
    .number()
    .positive()
    .max(LARGEST_POOL)
    .optional()
    .describe('Its share of the size, relative to the other shares; 1 by default.'),
  minimum: count(0, LARGEST_POOL)
    .optional()
    .describe('The least number of this type, whatever the shares, as far as the size allows.'),
  spec: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe('Passed to the driver: how to make this type.'),
});

const label = z.string().max(255).refine(isOneLine, {
  error: 'must be one line, without control characters and without any that turn text around',
});

const lease = z.strictObject({
  default: durationOrNever(SECOND)
    .optional()
    .describe('Length of a lease for which none is requested; `never` needs openEnded.'),
  maximum: durationOrNever(SECOND)
    .optional()
    .describe('The longest a lease may be extended to, counted from its start.'),
  heartbeat: durationOrNever(SECOND)
    .optional()
    .describe('A lease ends if its holder sends no heartbeat for this long.'),
  grace: duration().optional().describe('How much later than that a heartbeat may be.'),
  openEnded: z.boolean().optional().describe('Whether a lease without an end may be requested.'),
  prepare: duration(SECOND).optional().describe('How long opening access may take.'),
  idleExpiry: durationOrNever(SECOND)
    .optional()
    .describe('Manual pools: an idle resource is removed after this long.'),
});

const cleaning = z.strictObject({
  onStart: z
    .enum(['clean', 'verify', 'nothing'])
    .optional()
    .describe('What start-up does with resources that have no live lease.'),
  retries: count(0, 1_000)
    .optional()
    .describe('Failures in a row after which a resource is quarantined.'),
  backoff: duration()
    .optional()
    .describe('First pause after a failure; it doubles with each further one.'),
  backoffMaximum: duration().optional().describe('Longest pause after a failure.'),
  quarantineRetry: duration(SECOND)
    .optional()
    .describe('Pause between two attempts on a quarantined resource.'),
  cooldown: duration().optional().describe('Pause between cleaning and the next loan.'),
  deadline: duration(SECOND).optional().describe('The longest that one driver call may take.'),
});

const verification = z.strictObject({
  interval: durationOrNever(SECOND)
    .optional()
    .describe('Pause between two verifications of an idle resource.'),
});

const rotation = z.strictObject({
  afterLease: z.boolean().optional().describe('Rotate the credential after every lease.'),
  interval: durationOrNever(SECOND)
    .optional()
    .describe('Rotate the credential of an idle resource after this long.'),
});

const credentialPart = z
  .string({ error: 'must be text; put a number in quotes' })
  .min(1, { error: 'must not be empty' });

const FIELD_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const LONGEST_FIELD = 1_000;
const LONGEST_SECRET = 20_000;
const MOST_FIELDS = 50;

const fieldName = z.string().regex(FIELD_NAME, {
  error: 'must begin with a letter and consist of at most 63 letters, digits and _ -',
});
const few = (fields: Record<string, unknown>) => Object.keys(fields).length <= MOST_FIELDS;
const tooMany = { error: `must be at most ${MOST_FIELDS} fields` };
const openText = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(LONGEST_FIELD)
  .refine(isOneLine, {
    error: 'must be one line, without control characters and without any that turn text around',
  });
const secretText = credentialPart.max(LONGEST_SECRET);

/** The open part of a listed resource, for everybody who may see it. */
export const fieldsSchema = z
  .record(fieldName, z.union([openText, z.number()], { error: 'must be text or a number' }))
  .refine(few, tooMany);

/** The secret part of a listed resource, for its holder. */
export const secretsSchema = z.record(fieldName, secretText).refine(few, tooMany);

/** The number of seats of one listed resource. */
export const seatsSchema = count(1, MOST_SEATS);

/** The name of a listed resource. */
export const resourceName = name;

const fromFile = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe('The file that holds the value; relative to the pools file. Its last newline goes.'),
});

const resource = z.strictObject({
  name: name.describe('Identifies the resource; it is imported once under one name.'),
  type: name.optional().describe('One of the types of the pool; the first by default.'),
  seats: seatsSchema
    .optional()
    .describe('Lends it to this many holders at once, each seat a resource: `<name>.1` and so on.'),
  fields: z
    .record(
      fieldName,
      z.union([openText, z.number(), fromFile], {
        error: 'must be text, a number, or { file: path }',
      }),
    )
    .refine(few, tooMany)
    .optional()
    .describe(
      'Shown to everybody who may see the resource: host, port, url. Values as in secrets.',
    ),
  secrets: z
    .record(
      fieldName,
      z.union([secretText, fromFile], {
        error: 'must be text or { file: path }; put a number in quotes',
      }),
    )
    .refine(few, tooMany)
    .optional()
    .describe('Shown to the holder only. A value, ${NAME} for an environment variable, or a file.'),
});

const account = z.strictObject({
  name: name
    .optional()
    .describe('Identifies the account in this file: it is imported once under one name.'),
  type: name.optional().describe('One of the types of the pool; the first by default.'),
  username: credentialPart.describe('A value, or ${NAME} for that of an environment variable.'),
  password: credentialPart.describe('A value, or ${NAME} for that of an environment variable.'),
});

/** One pool as a file or an admin writes it. */
export const poolSchema = z.strictObject({
  name: poolName.describe('Identifies the pool in requests and in the API.'),
  kind: z.enum(KINDS).describe('The kind of its resources.'),
  driver: z.string().min(1).describe('The driver that makes, checks and cleans them.'),
  settings: z.record(z.string(), z.unknown()).optional().describe('Settings of the driver.'),
  simulate: z
    .boolean()
    .optional()
    .describe(
      'With the driver simulated, which only pretends: `true` lets you list or import accounts all ' +
        'the same. Their passwords are replaced by made-up ones.',
    ),
  types: z
    .array(type)
    .min(1)
    .max(MOST_TYPES, { error: `must be at most ${MOST_TYPES} types` })
    .optional()
    .describe('The types of its resources; a single type `default` by default.'),
  size: count(0, LARGEST_POOL)
    .optional()
    .describe('The number of resources that the server keeps.'),
  spares: count(0, LARGEST_POOL)
    .optional()
    .describe('How many more are kept ready than are lent at once; 0 by default.'),
  sizing: z
    .enum(['managed', 'manual'])
    .optional()
    .describe('`manual`: resources are created and deleted through the API only.'),
  labels: z.record(name, label).optional().describe('Requests may narrow their choice by these.'),
  lease: lease.optional().describe('How long resources are lent.'),
  cleaning: cleaning.optional().describe('How resources are cleaned after a loan.'),
  verification: verification.optional().describe('How idle resources are checked.'),
  rotation: rotation.optional().describe('When credentials change.'),
  pick: z
    .enum(['lowest', 'random', 'longest_idle'])
    .optional()
    .describe('Which of several available resources is lent first.'),
  concurrency: count(1, 1_000).optional().describe('The most driver calls of this pool at once.'),
  accounts: z.array(account).optional().describe('Kind account: the credentials to import.'),
  resources: z.array(resource).optional().describe('The resources to lend that exist already.'),
});

/**
 * The changes that an admin may make to a pool. `settings` and `labels`, whose keys are free, are
 * JSON merge patches (RFC 7396).
 */
export const poolChangeSchema = poolSchema
  .pick({
    settings: true,
    simulate: true,
    types: true,
    size: true,
    spares: true,
    labels: true,
    lease: true,
    cleaning: true,
    verification: true,
    rotation: true,
    pick: true,
    concurrency: true,
  })
  .partial()
  .extend({
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("Merged into the driver's settings; null removes one and so restores its default."),
    labels: z
      .record(name, label.nullable())
      .optional()
      .describe('Merged into the labels; null removes one.'),
  });

const legacy = z.strictObject({
  acctpool: z
    .array(poolName)
    .optional()
    .describe('Account pools of the acctpool API; by default all.'),
  containers: z
    .array(poolName)
    .optional()
    .describe('Container pools of the container manager API.'),
  vms: poolName.optional().describe('VM pool of the VM reservation API.'),
  tokens: poolName.optional().describe('Token pool of the token pool API.'),
});

/** The shape of a pools file, before the checks that need drivers. */
export const poolsFileSchema = z.strictObject({
  $schema: z
    .string()
    .optional()
    .describe('For editors: the location of the JSON Schema of this file.'),
  pools: z.array(poolSchema),
  legacy: legacy.optional().describe('The pools that the legacy APIs see.'),
});

/** The file without a look into its pools, which are checked one by one. */
export const fileShape = poolsFileSchema.extend({ pools: z.array(z.unknown()) });

export type WrittenPoolChange = z.output<typeof poolChangeSchema>;
export type WrittenPool = z.output<typeof poolSchema>;
export type WrittenAccount = z.output<typeof account>;
export type WrittenResource = z.output<typeof resource>;
export type WrittenType = z.output<typeof type>;
export type LegacyPools = z.output<typeof legacy>;
