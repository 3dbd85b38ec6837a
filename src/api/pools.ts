import { z } from 'zod';
import { DERIVED_POLICIES } from '../domain/pools/pool';
import { LEVELS } from '../domain/returns/level';
import { poolChangeSchema, poolSchema } from '../pools-file/schema';
import { id, instant, listOf, simulated } from './common';

/** A pool as an admin writes it, as in the pools file. Durations are seconds. */
export const newPool = poolSchema.omit({ accounts: true, resources: true }).meta({
  id: 'NewPool',
  example: {
    name: 'made',
    kind: 'vm',
    driver: 'simulated',
    settings: { latencyMs: 0 },
    types: [{ name: 'small', share: 1, spec: { cpu: 2 } }],
    size: 0,
    labels: { zone: 'a' },
    lease: { default: 60, maximum: 120, openEnded: false },
    cleaning: { retries: 3, backoff: 1, deadline: 5 },
    verification: { interval: 60 },
    rotation: { afterLease: true, interval: 60 },
    pick: 'lowest',
    concurrency: 4,
  },
});

export const poolChange = poolChangeSchema.meta({
  id: 'PoolChange',
  description:
    'Changes only what is given, leaf by leaf, like a JSON merge patch (RFC 7396). A list such ' +
    'as `types` is one leaf. In `settings` and `labels` null removes a key; for a duration it ' +
    'means never.',
  example: {
    size: 2,
    labels: { zone: 'b' },
    lease: { default: 60 },
    cleaning: { retries: 2 },
    pick: 'random',
    concurrency: 3,
  },
});

const capabilities = z.object({
  provisions: z.boolean(),
  rotates: z.boolean(),
  opensAccess: z.boolean(),
  accessByKey: z.boolean(),
  staticCredential: z.boolean(),
  leavesNothing: z.boolean(),
  lendsAsIs: z
    .boolean()
    .optional()
    .meta({ description: 'True: nothing is cleaned or changed between two loans.' }),
  replaces: z.boolean(),
  proves: z
    .enum(LEVELS)
    .optional()
    .meta({ description: 'The highest level that a return can show; R0 if absent.' }),
});

const stateNames = [
  'total',
  'available',
  'spare',
  'allocated',
  'held',
  'provisioning',
  'dirty',
  'cleaning',
  'quarantined',
  'destroying',
  'maintenance',
  'draining',
] as const;
export const counts = z
  .record(z.enum(stateNames), z.number().int())
  .meta({ id: 'Counts', description: 'Resources by state.' });

const seconds = z.number().nullable();

export const pool = z
  .object({
    id,
    name: z.string(),
    kind: z.string(),
    driver: z.string(),
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'For admins only.' }),
    simulated,
    simulate: z.boolean().meta({
      description: 'True: real things may be imported into this pool although it is simulated.',
    }),
    sizing: z.enum(['managed', 'manual']),
    size: z.number().int(),
    spares: z.number().int().meta({
      description: 'How many more are kept ready than are lent at once.',
    }),
    types: z.array(
      z.object({
        name: z.string(),
        share: z.number(),
        minimum: z.number().int().optional(),
        spec: z.record(z.string(), z.union([z.string(), z.number()])),
      }),
    ),
    labels: z.record(z.string(), z.string()),
    lease: z.object({
      default: seconds,
      maximum: seconds,
      heartbeat: seconds,
      grace: z.number(),
      openEnded: z.boolean(),
      prepare: z.number(),
      notice: z.number().optional(),
      idleExpiry: seconds,
    }),
    cleaning: z.object({
      onStart: z.string(),
      retries: z.number(),
      backoff: z.number(),
      backoffMaximum: z.number(),
      quarantineRetry: z.number(),
      cooldown: z.number(),
      deadline: z.number(),
    }),
    verification: z.object({ interval: seconds }),
    rotation: z.object({ afterLease: z.boolean(), interval: seconds }),
    pick: z.string(),
    concurrency: z.number().int(),
    minProof: z
      .enum(LEVELS)
      .nullable()
      .meta({ description: 'The level that a return must show; null: that of `proof`.' }),
    derived: z.enum(DERIVED_POLICIES),
    shareHolders: z.boolean().meta({
      description: 'May every user read the names of those who hold something of it, or wait?',
    }),
    proof: z.enum(LEVELS).meta({ description: 'The level below which nothing is lent again.' }),
    capabilities: capabilities.meta({
      description: 'What the driver can do. Without `rotates`, a credential outlives the loan.',
    }),
    failing: z
      .object({ reason: z.string(), since: instant, retryAt: instant })
      .nullable()
      .optional()
      .meta({
        description:
          'Why nothing can be made, cleaned or opened now: the back end as a whole fails. For ' +
          'admins only.',
      }),
    origin: z.enum(['file', 'api']),
    deleting: z.boolean(),
    createdAt: instant,
    counts,
  })
  .meta({ id: 'Pool', description: 'Durations in seconds; null means never.' });

export const poolList = listOf(pool).meta({ id: 'PoolList' });
export const poolDeletion = z
  .object({
    lent: z.number().int().meta({ description: 'Running loans that the deletion waits for.' }),
  })
  .meta({ id: 'PoolDeletion' });

export type PoolAnswer = z.input<typeof pool>;
