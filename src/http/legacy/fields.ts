import { z } from 'zod';
import { DomainError } from '../../domain/errors';

/** The credential of *guarded* mode in the query, as every seed API takes it. */
export const token = z
  .string()
  .optional()
  .meta({ description: 'Your API token; `Authorization` does as well.' });
export const tokenQuery = z.object({ token });

/** A body that is looked at only for `auth`. */
export const anyBody = z.looseObject({}).optional();

/** A positive whole number in a query. */
export const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, { error: 'must be a positive whole number' })
  .transform(Number);

const MINUTE = 60_000;

/** Of what is wrong with a lease: the same, in the minutes and by the name of `?duration=`. */
export function inMinutes(error: unknown): never {
  if (!(error instanceof DomainError) || error.field !== 'duration') throw error;
  const { code, message, limit } = error;
  throw new DomainError(
    code,
    limit === undefined ? message : `duration: ${Math.floor(limit / MINUTE)} minutes at most.`,
    'duration',
  );
}

/** What most of the seed APIs say when something is wrong. */
export const errorBody = z.object({ error: z.string() });
