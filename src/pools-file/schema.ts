import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { duration, durationOrNever } from './duration';

/** Pools and types are named like DNS labels: they become part of container and host names. */
const POOL_NAME = /^[a-z][a-z0-9-]{0,62}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/;
const SECOND = 1_000;
const LARGEST_POOL = 1_000_000;

const poolName = z.string().regex(POOL_NAME, {
  error: 'must begin with a lower-case letter and have at most 63 of a-z, 0-9 and -',
});
const name = z.string().regex(NAME, {
  error: 'must begin with a letter or digit and have at most 63 of letters, digits and . _ @ -',
});
const count = (least: number, most: number) =>
  z
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least)
    .max(most);

const type = z.strictObject({
  name: name.describe('What a request asks for.'),
  share: z
    .number()
    .positive()
    .max(LARGEST_POOL)
    .optional()
    .describe('Its part of the size, in proportion to the other shares; 1 by default.'),
  minimum: count(0, LARGEST_POOL)
    .optional()
    .describe('At least so many of it, whatever the shares, as far as the size goes.'),
  spec: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .optional()
    .describe('What the driver is told to make.'),
});

const label = z.string().max(255);

const lease = z.strictObject({
  default: durationOrNever(SECOND)
    .optional()
    .describe('Length of a lease that asks for none; `never` needs openEnded.'),
  maximum: durationOrNever(SECOND)
    .optional()
    .describe('Longest a lease may become, counted from its start.'),
  heartbeat: durationOrNever(SECOND)
    .optional()
    .describe('A lease whose holder is silent for this long ends.'),
  grace: duration().optional().describe('How much later than its heartbeat a holder may be.'),
  openEnded: z.boolean().optional().describe('May a request ask for a lease without an end?'),
  prepare: duration(SECOND).optional().describe('How long opening access may take.'),
  idleExpiry: durationOrNever(SECOND)
    .optional()
    .describe('Manual pools: an idle resource is removed after this long.'),
});

const cleaning = z.strictObject({
  onStart: z
    .enum(['clean', 'verify', 'nothing'])
    .optional()
    .describe('What start-up does to resources without a live lease.'),
  retries: count(0, 1_000)
    .optional()
    .describe('Failures in a row after which a resource is quarantined.'),
  backoff: duration().optional().describe('First pause after a failure; it doubles each time.'),
  backoffMaximum: duration().optional().describe('Longest pause after a failure.'),
  quarantineRetry: duration(SECOND)
    .optional()
    .describe('Pause between two tries of a quarantined resource.'),
  cooldown: duration().optional().describe('Rest between cleaning and the next loan.'),
  deadline: duration(SECOND).optional().describe('Longest one driver call may take.'),
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

const account = z.strictObject({
  name: name
    .optional()
    .describe('By which the file knows it again: it is imported once under one name.'),
  type: name.optional().describe('One of the types of the pool; the first by default.'),
  username: credentialPart.describe('Or ${NAME} of an environment variable.'),
  password: credentialPart.describe('Or ${NAME} of an environment variable.'),
});

/** One pool as a file or an admin writes it. */
export const poolSchema = z.strictObject({
  name: poolName.describe('By which requests and the API know it.'),
  kind: z.enum(KINDS).describe('What its resources are.'),
  driver: z.string().min(1).describe('What makes, checks and cleans them.'),
  settings: z.record(z.string(), z.unknown()).optional().describe("The driver's own settings."),
  types: z
    .array(type)
    .min(1)
    .optional()
    .describe('What the pool is made of; one type `default` by default.'),
  size: count(0, LARGEST_POOL).optional().describe('How many resources the server keeps.'),
  sizing: z
    .enum(['managed', 'manual'])
    .optional()
    .describe('`manual`: resources come and go by the API only.'),
  labels: z.record(name, label).optional().describe('By which a request may narrow its choice.'),
  lease: lease.optional().describe('How long it lends.'),
  cleaning: cleaning.optional().describe('How resources come back.'),
  verification: verification.optional().describe('How idle resources are looked after.'),
  rotation: rotation.optional().describe('When credentials change.'),
  pick: z
    .enum(['lowest', 'random', 'longest_idle'])
    .optional()
    .describe('Which of several available resources is lent first.'),
  concurrency: count(1, 1_000).optional().describe('Driver calls of this pool under way at once.'),
  accounts: z.array(account).optional().describe('Kind account: the credentials to import.'),
});

/**
 * What an admin can change of a pool. Two of its objects have keys that are free: these are JSON
 * merge patches (RFC 7396).
 */
export const poolChangeSchema = poolSchema
  .pick({
    settings: true,
    types: true,
    size: true,
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
      .describe(
        "Merged into the driver's settings; null removes one, so that its default holds again.",
      ),
    labels: z
      .record(name, label.nullable())
      .optional()
      .describe('Merged into the labels; null removes one.'),
  });

const legacy = z.strictObject({
  acctpool: z
    .array(poolName)
    .optional()
    .describe('Account pools of the acctpool API; all by default.'),
  containers: z
    .array(poolName)
    .optional()
    .describe('Container pools of the container manager API.'),
  vms: poolName.optional().describe('VM pool of the VM reservation API.'),
  tokens: poolName.optional().describe('Token pool of the token pool API.'),
});

/** What a pools file looks like, before anything is asked of a driver. */
export const poolsFileSchema = z.strictObject({
  $schema: z.string().optional().describe('For editors: where the JSON Schema of this file is.'),
  pools: z.array(poolSchema),
  legacy: legacy.optional().describe('Which pools the legacy APIs see.'),
});

export type WrittenPoolChange = z.output<typeof poolChangeSchema>;
export type WrittenPool = z.output<typeof poolSchema>;
export type WrittenAccount = z.output<typeof account>;
export type WrittenType = z.output<typeof type>;
export type LegacyPools = z.output<typeof legacy>;
