import { z } from 'zod';
import { MOST_SEATS } from '../domain/pools/seats';
import { count, line, name } from './basic-schemas';

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
const openText = line(LONGEST_FIELD).min(1, { error: 'must not be empty' });
const secretText = credentialPart.max(LONGEST_SECRET);

/** The open part of a listed resource, for everybody who may see it. */
export const fieldsSchema = z
  .record(fieldName, z.union([openText, z.number()], { error: 'must be text or a number' }))
  .refine(few, tooMany);

/** The secret part of a listed resource, for its holder. */
export const secretsSchema = z.record(fieldName, secretText).refine(few, tooMany);

/** The number of seats of one listed resource. */
export const seatsSchema = count(1, MOST_SEATS);

const fromFile = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe('The file that holds the value; relative to the pools file. Its last newline goes.'),
});

/** A listed resource as a file writes it. */
export const resourceSchema = z.strictObject({
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

/** A listed account as a file writes it: the shorter spelling. */
export const accountSchema = z.strictObject({
  name: name
    .optional()
    .describe('Identifies the account in this file: it is imported once under one name.'),
  type: name.optional().describe('One of the types of the pool; the first by default.'),
  username: credentialPart.describe('A value, or ${NAME} for that of an environment variable.'),
  password: credentialPart.describe('A value, or ${NAME} for that of an environment variable.'),
});
