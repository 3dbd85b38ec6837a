import { z } from 'zod';
import { DERIVED_POLICIES } from '../domain/pools/pool';
import { LEVELS } from '../domain/returns/level';
import { poolChangeSchema, poolSchema } from '../pools-file/schema';
import { id, instant, listOf, simulated } from './common';

/** A pool as an admin writes it, as in the pools file. Durations are seconds. */
export const newPool = poolSchema.omit({ accounts: true, resources: true }).meta({
  id: 'NewPool',
  description: 'A pool as an admin writes it, like one of the pools file. Durations are seconds.',
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
  provisions: z.boolean().describe('Makes and removes resources itself.'),
  rotates: z.boolean().describe('Changes credentials.'),
  opensAccess: z.boolean().describe('Opens and closes access for each holder.'),
  accessByKey: z.boolean().describe('Lets holders log in with a key.'),
  staticCredential: z.boolean().describe('Lends a credential of the resource itself.'),
  leavesNothing: z.boolean().describe('A loan leaves nothing that would have to be cleaned.'),
  lendsAsIs: z
    .boolean()
    .optional()
    .meta({ description: 'True: nothing is cleaned or changed between two loans.' }),
  replaces: z.boolean().describe('Cleans by replacing the resource with a new one.'),
  proves: z
    .enum(LEVELS)
    .optional()
    .meta({ description: 'The highest level that a return can show; R0 if absent.' }),
});

const number = z.number().int();
export const counts = z
  .object({
    total: number.describe('All but destroyed ones.'),
    available: number.describe('Can be lent now.'),
    spare: number.describe('Ready, but the pool lends or offers as many as its size already.'),
    allocated: number.describe('Lent.'),
    held: number.describe('Kept for a queued request that needs more.'),
    provisioning: number.describe('Being made.'),
    dirty: number.describe('To be cleaned.'),
    cleaning: number.describe('Being cleaned.'),
    quarantined: number.describe('Failed too often.'),
    destroying: number.describe('Being removed.'),
    maintenance: number.describe('Taken out by an admin, whatever else they are.'),
    draining: number.describe('To be removed after their loan, whatever else they are.'),
  })
  .meta({ id: 'Counts', description: 'Resources by state.' });

const seconds = z.number().nullable();
const lease = z.object({
  default: seconds.describe('Length of a lease for which none is requested.'),
  maximum: seconds.describe('The longest a lease may be extended to, counted from its start.'),
  heartbeat: seconds.describe('A lease ends if no heartbeat comes for this long.'),
  grace: z.number().describe('How much later than that a heartbeat may be.'),
  openEnded: z.boolean().describe('May a lease without an end be requested?'),
  prepare: z.number().describe('How long opening access may take.'),
  notice: z
    .number()
    .optional()
    .describe('How long before its end a lease is announced to end; absent: by its length.'),
  idleExpiry: seconds.describe('After this long an idle resource of a manual pool is removed.'),
});
const cleaning = z.object({
  onStart: z.string().describe('What start-up does with resources that have no live lease.'),
  retries: z.number().describe('Failures in a row after which a resource is quarantined.'),
  backoff: z.number().describe('First pause after a failure; it doubles with each further one.'),
  backoffMaximum: z.number().describe('Longest pause after a failure.'),
  quarantineRetry: z.number().describe('Between two attempts on a quarantined resource.'),
  cooldown: z.number().describe('Between cleaning and the next loan.'),
  deadline: z.number().describe('The longest that one driver call may take.'),
});

export const pool = z
  .object({
    id: id.describe('The id of the pool; another pool of this name has another.'),
    name: z.string().describe('The name that requests use.'),
    kind: z.string().describe('The kind of its resources.'),
    driver: z.string().describe('The driver that makes, checks and cleans them.'),
    settings: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'For admins only.' }),
    simulated,
    simulate: z.boolean().meta({
      description: 'True: real things may be imported into this pool although it is simulated.',
    }),
    sizing: z
      .enum(['managed', 'manual'])
      .describe('managed: the server keeps its size. manual: calls make and remove resources.'),
    size: z.number().int().describe('How many resources the server keeps.'),
    spares: z.number().int().meta({
      description: 'How many more are kept ready than are lent at once.',
    }),
    types: z
      .array(
        z.object({
          name: z.string().describe('The name that requests use.'),
          share: z.number().describe('Its share of the size, relative to the other shares.'),
          minimum: number.optional().describe('The least number, whatever the shares.'),
          spec: z
            .record(z.string(), z.union([z.string(), z.number()]))
            .describe('Tells the driver how to make this type.'),
        }),
      )
      .describe('The types of its resources.'),
    labels: z.record(z.string(), z.string()).describe('Requests may narrow their choice by these.'),
    lease: lease.describe('How long resources are lent.'),
    cleaning: cleaning.describe('How resources are cleaned after a loan.'),
    verification: z
      .object({ interval: seconds.describe('Between two checks of an idle resource.') })
      .describe('How idle resources are checked.'),
    rotation: z
      .object({
        afterLease: z.boolean().describe('Does the credential change after every loan?'),
        interval: seconds.describe('Between two changes of the credential of an idle resource.'),
      })
      .describe('When credentials change.'),
    pick: z.string().describe('Which of several available resources is lent first.'),
    concurrency: number.describe('The most driver calls of this pool at once.'),
    minProof: z
      .enum(LEVELS)
      .nullable()
      .meta({ description: 'The level that a return must show; null: that of `proof`.' }),
    derived: z
      .enum(DERIVED_POLICIES)
      .describe(
        'Whether tokens and sessions made from a login have to be dead before the next loan.',
      ),
    shareHolders: z.boolean().meta({
      description: 'May every user read the names of those who hold something of it, or wait?',
    }),
    proof: z.enum(LEVELS).meta({ description: 'The level below which nothing is lent again.' }),
    capabilities: capabilities.meta({
      description: 'What the driver can do. Without `rotates`, a credential outlives the loan.',
    }),
    failing: z
      .object({
        reason: z.string().describe('The last failure, as the driver told it.'),
        since: instant.describe('When it began to fail.'),
        retryAt: instant.describe('When it is tried again.'),
      })
      .nullable()
      .optional()
      .meta({
        description:
          'Why nothing can be made, cleaned or opened now: the back end as a whole fails. For ' +
          'admins only.',
      }),
    origin: z.enum(['file', 'api']).describe('Made by the pools file or by a call.'),
    deleting: z.boolean().describe('Is it removed once its loans have ended?'),
    createdAt: instant.describe('When it was made.'),
    counts,
  })
  .meta({ id: 'Pool', description: 'Durations in seconds; null means never.' });

export const poolList = listOf(pool).meta({ id: 'PoolList', description: 'A page of pools.' });
export const poolDeletion = z
  .object({
    lent: z.number().int().meta({ description: 'Running loans that the deletion waits for.' }),
  })
  .meta({ id: 'PoolDeletion', description: 'How much the deletion waits for.' });

export type PoolAnswer = z.input<typeof pool>;
