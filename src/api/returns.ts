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
  step: z.enum([...OPERATION_KINDS, 'proveCredential']),
  since: instant,
  until: instant,
  calls: whole.meta({ description: 'How many calls of the driver ended.' }),
  failures: whole,
});
const stepForAdmins = step.extend({
  failure: z.string().nullable().meta({ description: 'The last failure, as the driver told it.' }),
});

const refused = z.object({
  endpoint: z.string(),
  times: whole,
  since: instant,
  until: instant,
  accepted: whole.meta({ description: 'How often another login was accepted meanwhile.' }),
});
const REFUSED = 'The login that was lent was refused, this many times in a row.';

const shown = z
  .object({
    refused: refused.optional().meta({ description: REFUSED }),
    derived: z
      .object({
        how: z.enum(['none', 'ended', 'refused', 'expired', 'acceptedUntilExpiry']),
        until: instant.nullable(),
      })
      .optional()
      .meta({ description: 'Tokens and sessions made from it; `until`: none can live longer.' }),
    searched: z
      .object({
        passes: whole,
        since: instant,
        until: instant,
        found: whole,
        inventory: z
          .string()
          .meta({ description: 'SHA-256 of what is there after the last pass.' }),
      })
      .optional()
      .meta({ description: 'The search for what the holder may have planted.' }),
    replaced: z
      .object({ gone: z.string() })
      .optional()
      .meta({ description: 'The resource is a new one; the old one, of this id, is gone.' }),
  })
  .meta({ id: 'ReturnEvidence' });

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
  at: instant,
  outcome: z.enum(RETURN_OUTCOMES),
  level,
  needed: level
    .nullable()
    .meta({ description: 'The level that the pool asked for; null where there was no holder.' }),
  cause: z.enum(RETURN_CAUSES),
  since: instant.meta({ description: 'When the loan ended, or the way back began otherwise.' }),
  driver: z.string(),
  version: z.string().meta({ description: 'Of Holdfast, its drivers included.' }),
};

export const returnRecord = z
  .object({
    seq: whole.meta({ description: 'Its number in the chain of all records.' }),
    hash: z.string().meta({ description: 'SHA-256 of the record and the hash before it.' }),
    ...common,
    resourceId: id,
    resource: z.string(),
    kind: z.enum(KINDS),
    type: z.string(),
    pool: z.string(),
    generation: whole,
    reservationId: id.nullable(),
    shown,
    steps: z.array(stepForAdmins),
  })
  .meta({ id: 'ReturnRecord', description: 'What one return has shown.' });

export const returnList = listOf(returnRecord).meta({ id: 'ReturnList' });

export const returnQuery = pageQuery.extend({
  pool: z.string().max(63).optional(),
  level: z.enum(LEVELS).optional().meta({ description: 'Exactly this level.' }),
  since: time.optional().meta({ description: 'At this instant or later (RFC 3339).' }),
  until: time.optional().meta({ description: 'Before this instant (RFC 3339).' }),
});

const returnBefore = z.object({
  resourceId: id,
  resource: z.string(),
  return: z
    .object({ ...common, shown: shownToBorrowers, steps: z.array(step) })
    .nullable()
    .meta({ description: 'null: its record is not kept.' }),
});

export const returnsBefore = z.object({ items: z.array(returnBefore) }).meta({
  id: 'ReturnsBefore',
  description: 'The return of each resource before this loan of it.',
});

const place = z.object({ seq: whole, hash: z.string() }).nullable();

export const chainReport = z
  .object({
    ok: z.boolean(),
    records: whole.meta({ description: 'How many are kept, and were looked at.' }),
    head: place.meta({
      description:
        'The newest. Keep its hash elsewhere: it shows if all records were written anew.',
    }),
    forgotten: place.meta({ description: 'The newest of those that were forgotten by age.' }),
    faults: z
      .array(
        z.object({
          fault: z.enum(['altered', 'misplaced', 'missing']),
          seq: whole,
          through: whole.optional().meta({ description: 'The last of those that are missing.' }),
          resource: z.string().nullable().optional(),
        }),
      )
      .meta({ description: 'The first hundred.' }),
    faultCount: whole,
  })
  .meta({ id: 'ChainReport' });

export type ReturnRecordAnswer = z.input<typeof returnRecord>;
export type ReturnBeforeAnswer = z.input<typeof returnBefore>;
export type EvidenceAnswer = z.input<typeof shown>;
