import { z } from 'zod';
import { MOST_DAYS, STEPS } from '../domain/history/steps';
import { END_REASONS_BY_STATUS } from '../domain/loans/reservation';
import { LEVELS } from '../domain/returns/level';
import { instant, wholeNumber } from './common';

export const historyQuery = z.strictObject({
  days: wholeNumber(1, MOST_DAYS)
    .default(14)
    .meta({ description: 'How many days (UTC), today included; 1 and 2 are told by the hour.' }),
});

const whole = z.number().int();
const seconds = z.number();
const counted = <K extends string>(names: readonly K[], what: (name: K) => string) =>
  z.object(
    Object.fromEntries(names.map((name) => [name, whole.describe(what(name))])) as Record<
      K,
      typeof whole
    >,
  );

/** The reasons for which a request that held resources may end. */
export const ENDINGS = [
  ...new Set([...END_REASONS_BY_STATUS.active, ...END_REASONS_BY_STATUS.preparing]),
];
/** The reasons for which a request may end that was never served. */
export const UNSERVED = END_REASONS_BY_STATUS.queued;

const ROUNDED = 'Times are told to three digits.';

const historyStep = z.object({
  since: instant.meta({ description: 'When it began.' }),
  until: instant.meta({ description: 'When it ended; for the last one, the present.' }),
  use: z
    .object({
      share: z.number().nullable().meta({
        description: '`heldSeconds` of `resourceSeconds`, 0 to 1; null: there were no resources.',
      }),
      heldSeconds: seconds.meta({
        description:
          'How long resources were lent, all added up. A loan counts in each step that it touches.',
      }),
      resourceSeconds: seconds.meta({
        description: 'How long resources were there, lent or not, also in maintenance; added up.',
      }),
    })
    .describe('How much of the resources was lent.'),
  loans: z
    .object({
      started: whole.meta({ description: 'Requests whose resources were lent in this step.' }),
      ended: counted(
        ENDINGS,
        (reason) => `Those that ended as \`${reason}\` in this step.`,
      ).describe('Those that ended in this step, by their `endReason`.'),
    })
    .describe('Requests that were served. One of several resources counts once.'),
  waits: z
    .object({
      waited: whole.meta({ description: 'Of those started, those that were not served at once.' }),
      p50Seconds: seconds.nullable().meta({
        description: 'Half of those started had waited at most so long; null: none started.',
      }),
      p95Seconds: seconds.nullable().describe('The same for 95 of a hundred.'),
      maxSeconds: seconds.nullable().describe('The longest of these waits.'),
      unserved: counted(
        UNSERVED,
        (reason) =>
          `Requests that ended as \`${reason}\` while they waited, in each pool that would have done.`,
      ).describe('Requests that were never served, by their `endReason`.'),
    })
    .describe(`From the request until its resources were lent. ${ROUNDED}`),
  returns: z
    .object({
      count: whole.meta({ description: 'Resources that came back from a loan in this step.' }),
      p50Seconds: seconds.nullable().meta({
        description: 'Half of them took at most so long; null: none came back.',
      }),
      p95Seconds: seconds.nullable().describe('The same for 95 of a hundred.'),
      maxSeconds: seconds.nullable().describe('The longest of them.'),
      levels: counted(LEVELS, (level) => `Returns that have shown ${level}.`).describe(
        'How many have reached each level (docs/proof.md).',
      ),
    })
    .describe(
      `From the end of a loan until its resource was cleaned, or removed instead. ${ROUNDED}`,
    ),
  failures: z
    .object({
      cleanings: whole.meta({ description: 'Calls of the driver to clean that failed.' }),
      calls: whole.meta({ description: 'Calls of the driver of any kind that failed.' }),
      quarantines: whole.meta({ description: 'How often a resource came into quarantine.' }),
      lostLeases: whole.meta({
        description: 'Leases that ended early, and not by their holders (`lease.lost`).',
      }),
    })
    .describe('What went wrong.'),
});

export const history = z
  .object({
    pool: z.string().nullable().meta({
      description: 'The name of the pool; null: all together, where a request counts once.',
    }),
    now: instant.meta({ description: 'The present of the server.' }),
    step: z.enum(STEPS).meta({ description: 'How long each step is; days and hours of UTC.' }),
    isComplete: z.boolean().meta({
      description: 'False: the server is still counting what has ended, and some of it is missing.',
    }),
    steps: z.array(historyStep).describe('In order, without gaps; the last one goes on.'),
  })
  .meta({
    id: 'History',
    description:
      'How a pool was used. It is counted when something has ended, and kept for 100 days, however ' +
      'short reservations, events and returns are kept. It names nobody.',
  });

export type HistoryAnswer = z.input<typeof history>;
