import { z } from 'zod';
import { oneLine } from './text';

/** An instant in UTC, RFC 3339. */
export const instant = z.iso
  .datetime()
  .meta({ description: 'An instant in UTC (RFC 3339).', example: '2026-01-01T12:00:00.000Z' });

/** An instant in a query or a body; gives epoch ms. */
export const time = z.iso
  .datetime({
    offset: true,
    error: 'must be a time with its zone, such as 2026-01-31T12:00:00Z (write a + as %2B)',
  })
  .transform((text) => Date.parse(text));

export const id = oneLine(64).min(1).describe('An id.');

/** Why somebody wants a change. */
export const reason = oneLine(200)
  .min(1)
  .meta({ description: 'Why, in a few words; it stands in the event.' });

/** A number in a query. */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
}

/** Query of a list: a page of at most `limit`, after `cursor`. */
export const pageQuery = z.strictObject({
  limit: wholeNumber(1, 1000).default(100).meta({ description: 'Entries per page.' }),
  cursor: z
    .string()
    .max(200)
    .optional()
    .meta({ description: 'Opaque: from `Link` or `nextCursor` of the previous page.' }),
});

/** A page of a list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item).describe('The entries of this page, in order.'),
    nextCursor: z.string().nullable().meta({ description: 'null on the last page.' }),
  });
}

/** The seconds for which to hold the answer. */
export const waitQuery = z.strictObject({
  wait: wholeNumber(0, 60).optional().meta({
    description: 'Hold the answer for up to this many seconds while it is queued or preparing.',
  }),
});

export const noQuery = z.strictObject({});

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe('Its code as a URN.'),
    title: z.string().describe('The code in a few words, always the same ones.'),
    status: z.number().int().describe('The status of the answer.'),
    code: z.string().describe('The kind of error; stable, for programs.'),
    detail: z.string().describe('Its cause here and now, for people.'),
    field: z.string().optional().meta({ description: 'The input at fault.' }),
    requestId: z.string().describe('The X-Request-ID of the call, which the log has too.'),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457). `code` is stable.' });

/** Details of a resource that its driver reports: host, port, … */
export const details = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .describe('Where and how it is reached, as its driver reports: host, port, url.');

/** Does a thing exist only in the simulated cloud? Of pools, resources and loans. */
export const simulated = z.boolean().meta({
  description:
    'True: it only pretends to exist. Its driver makes, cleans and changes nothing real.',
});
