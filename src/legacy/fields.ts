import { z } from 'zod';
import { DomainError } from '../domain/errors';

/** A caller's credential in the query, which every legacy API accepts. */
export const token = z
  .string()
  .optional()
  .meta({ description: 'Your API token; `Authorization` works too.' });
export const tokenQuery = z.object({ token });

/** A positive whole number in a query. */
export const wholeNumber = z
  .string()
  .regex(/^[1-9]\d{0,6}$/, { error: 'must be a positive whole number' })
  .transform(Number);

/** One minute in ms. */
export const MINUTE = 60_000;

/**
 * Rethrows an error about a lease as one about `?duration=`, which is in minutes; any other error
 * unchanged.
 */
export function inMinutes(error: unknown): never {
  if (!(error instanceof DomainError) || error.field !== 'duration') throw error;
  const { code, message, limit } = error;
  throw new DomainError(
    code,
    limit === undefined ? message : `duration: ${Math.floor(limit / MINUTE)} minutes at most.`,
    'duration',
  );
}

/** The body of most errors of the legacy APIs. */
export const errorBody = z
  .object({ error: z.string().describe('The reason, for people.') })
  .meta({ id: 'LegacyError', description: 'The body of most errors.' });
