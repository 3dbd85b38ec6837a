import { z } from 'zod';
import { DERIVED_POLICIES, KINDS } from '../domain/pools/pool';
import { LEVELS } from '../domain/returns/level';
import { count, line, name, poolName } from './basic-schemas';
import { duration, durationOrNever } from './duration';
import { accountSchema, resourceSchema } from './resource-schema';

const SECOND = 1_000;
const DAY = 86_400_000;
const LARGEST_POOL = 1_000_000;
/** Every request for a kind looks at all types of all pools of that kind. */
const MOST_TYPES = 100;

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

const label = line(255);

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
  notice: duration()
    .optional()
    .describe('How long before its end a lease is announced to end; 0: not at all.'),
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
  // No timer runs for longer than 24 days.
  deadline: duration(SECOND, DAY).optional().describe('The longest that one driver call may take.'),
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
  minProof: z
    .enum(LEVELS)
    .nullable()
    .optional()
    .describe(
      'The level that a return must show (R0 to R4), or the resource is quarantined; by default the ' +
        'highest that the driver can show.',
    ),
  derived: z
    .enum(DERIVED_POLICIES)
    .optional()
    .describe(
      'Tokens and sessions made from a login: `dead` before the next loan (default), or accepted ' +
        'until they expire, which the record says.',
    ),
  shareHolders: z
    .boolean()
    .optional()
    .describe(
      'Whether every user may read the names of those who hold something of the pool, or wait for ' +
        'it; `false` by default.',
    ),
  accounts: z.array(accountSchema).optional().describe('Kind account: the credentials to import.'),
  resources: z
    .array(resourceSchema)
    .optional()
    .describe('The resources to lend that exist already.'),
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
    minProof: true,
    derived: true,
    shareHolders: true,
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
export type WrittenAccount = z.output<typeof accountSchema>;
export type WrittenResource = z.output<typeof resourceSchema>;
export type WrittenType = z.output<typeof type>;
export type LegacyPools = z.output<typeof legacy>;
