import { z } from 'zod';
import { OPERATION_KINDS } from '../domain/lifecycle/operation';
import { KINDS } from '../domain/pools/pool';
import { LEVELS } from '../domain/returns/level';
import { RETURN_OUTCOMES } from '../domain/returns/record';
import { RETURN_CAUSES } from '../domain/returns/way-back';
import { id, instant, listOf, pageQuery, time } from './common';

const level = z.enum(LEVELS).meta({
  description:
    'R0: nothing was shown. R1: the login of the last holder is refused. R2: so are all tokens and ' +
    'sessions made from it, or they have expired. R3: what the holder may have planted was searched ' +
    'for twice. R4: the resource is a new one.',
});
const whole = z.number().int();

const step = z.object({
  step: z.enum([...OPERATION_KINDS, 'proveCredential']).describe('The call of the driver.'),
  since: instant.describe('When it began.'),
  until: instant.describe('When it ended.'),
  calls: whole.meta({ description: 'How many calls of the driver ended.' }),
  failures: whole.describe('How many of these failed.'),
});
const stepForAdmins = step.extend({
  failure: z.string().nullable().meta({ description: 'The last failure, as the driver told it.' }),
});

const refused = z.object({
  endpoint: z.string().describe('Where the login was tried.'),
  times: whole.describe('How often it was refused, in a row.'),
  since: instant.describe('When it was refused first.'),
  until: instant.describe('When it was refused last.'),
  accepted: whole.meta({ description: 'How often another login was accepted meanwhile.' }),
});
const REFUSED = 'The login that was lent was refused, this many times in a row.';

const shown = z
  .object({
    refused: refused.optional().meta({ description: REFUSED }),
    derived: z
      .object({
        how: z
          .enum(['none', 'ended', 'refused', 'expired', 'acceptedUntilExpiry'])
          .describe('How they ended; `none` if there were none.'),
        until: instant
          .nullable()
          .describe('The youngest has expired by then; null: none has such an end.'),
      })
      .optional()
      .meta({ description: 'Tokens and sessions made from it; `until`: none can live longer.' }),
    searched: z
      .object({
        passes: whole.describe('How often everything was searched.'),
        since: instant.describe('When the search began.'),
        until: instant.describe('When it ended.'),
        found: whole.describe('How many things earlier passes found, and removed.'),
        inventory: z
          .string()
          .meta({ description: 'SHA-256 of what is there after the last pass.' }),
      })
      .optional()
      .meta({ description: 'The search for what the holder may have planted.' }),
    replaced: z
      .object({ gone: z.string().describe('The id of the old one at the back end.') })
      .optional()
      .meta({ description: 'The resource is a new one; the old one, of this id, is gone.' }),
  })
  .meta({ id: 'ReturnEvidence', description: 'The evidence that the last holder is out.' });

const shownToBorrowers = shown
  .extend({
    refused: refused.omit({ endpoint: true }).optional().meta({ description: REFUSED }),
    replaced: z
      .object({})
      .optional()
      .meta({ description: 'The resource is a new one; the old one is gone.' }),
  })
  .meta({ id: 'ReturnEvidenceForBorrowers', description: 'Without hosts, paths and handles.' });

/** The part of a record that says nothing about who had the resource. */
const common = {
  at: instant.describe('When the return ended.'),
  outcome: z.enum(RETURN_OUTCOMES).describe('How the return ended.'),
  level,
  needed: level
    .nullable()
    .meta({ description: 'The level that the pool asked for; null where there was no holder.' }),
  cause: z.enum(RETURN_CAUSES).describe('Why the resource had to come back.'),
  since: instant.meta({ description: 'When the loan ended, or the way back began otherwise.' }),
  driver: z.string().describe('The driver that brought it back.'),
  version: z.string().meta({ description: 'Of Holdfast, its drivers included.' }),
};

export const returnRecord = z
  .object({
    seq: whole.meta({ description: 'Its number in the chain of all records.' }),
    hash: z.string().meta({ description: 'SHA-256 of the record and the hash before it.' }),
    ...common,
    resourceId: id.describe('The id of the resource.'),
    resource: z.string().describe('Its name.'),
    kind: z.enum(KINDS).describe('The kind of thing that it is.'),
    type: z.string().describe('Its type within the pool.'),
    pool: z.string().describe('The name of its pool.'),
    generation: whole.describe('The fencing number that the end of the loan gave it.'),
    reservationId: id.nullable().describe('The loan that ended; null: there was none.'),
    shown,
    steps: z.array(stepForAdmins).describe('The calls of the driver, in order.'),
  })
  .meta({ id: 'ReturnRecord', description: 'What one return has shown.' });

export const returnList = listOf(returnRecord).meta({
  id: 'ReturnList',
  description: 'A page of records.',
});

export const returnQuery = pageQuery.extend({
  pool: z.string().max(63).optional().describe('Only of this pool, by name.'),
  level: z.enum(LEVELS).optional().meta({ description: 'Exactly this level.' }),
  since: time.optional().meta({ description: 'At this instant or later (RFC 3339).' }),
  until: time.optional().meta({ description: 'Before this instant (RFC 3339).' }),
});

const returnBefore = z.object({
  resourceId: id.describe('The id of the resource.'),
  resource: z.string().describe('Its name.'),
  return: z
    .object({
      ...common,
      shown: shownToBorrowers,
      steps: z.array(step).describe('The calls of the driver, in order.'),
    })
    .nullable()
    .meta({ description: 'The record of the return; null: it is not kept.' }),
});

export const returnsBefore = z
  .object({ items: z.array(returnBefore).describe('One for each resource.') })
  .meta({
    id: 'ReturnsBefore',
    description: 'The return of each resource before this loan of it.',
  });

const place = z
  .object({
    seq: whole.describe('The number of the record.'),
    hash: z.string().describe('The hash of the record.'),
  })
  .nullable();

export const chainReport = z
  .object({
    ok: z.boolean().describe('True: no fault was found.'),
    records: whole.meta({ description: 'How many are kept, and were looked at.' }),
    head: place.meta({
      description:
        'The newest. Keep its hash elsewhere: it shows if all records were written anew.',
    }),
    forgotten: place.meta({ description: 'The newest of those that were forgotten by age.' }),
    faults: z
      .array(
        z.object({
          fault: z
            .enum(['altered', 'misplaced', 'missing'])
            .describe('What happened to the record.'),
          seq: whole.describe('The number of the record.'),
          through: whole.optional().meta({ description: 'The last of those that are missing.' }),
          resource: z
            .string()
            .nullable()
            .optional()
            .describe('The name of the resource that it names.'),
        }),
      )
      .meta({ description: 'The first hundred.' }),
    faultCount: whole.describe('How many faults there are.'),
  })
  .meta({ id: 'ChainReport', description: 'A check of the chain of all return records.' });

export type ReturnRecordAnswer = z.input<typeof returnRecord>;
export type ReturnBeforeAnswer = z.input<typeof returnBefore>;
export type EvidenceAnswer = z.input<typeof shown>;
