import { z } from 'zod';
import { counts } from './pools';

export const stats = z
  .object({
    resources: counts,
    pools: z.array(z.object({ name: z.string(), kind: z.string(), counts })),
    reservations: z.object({
      queued: z.number().int(),
      preparing: z.number().int(),
      active: z.number().int(),
    }),
  })
  .meta({ id: 'Stats' });

export const version = z
  .object({
    version: z.string(),
    commit: z.string().nullable(),
    node: z.string(),
    sqlite: z.string(),
  })
  .meta({ id: 'Version' });

export const welcome = z
  .object({ name: z.string(), version: z.string(), links: z.record(z.string(), z.string()) })
  .catchall(z.number().int())
  .meta({ id: 'Welcome' });

/** An OpenAPI document, as far as every reader needs it. */
export const openApi = z
  .looseObject({
    openapi: z.literal('3.1.0').meta({ description: 'The version of OpenAPI.' }),
    info: z.record(z.string(), z.unknown()).meta({ description: 'The title and the version.' }),
    paths: z.record(z.string(), z.unknown()).meta({ description: 'The calls, by path.' }),
  })
  .meta({ id: 'OpenApi', description: 'An OpenAPI document.' });

export const health = z
  .object({ status: z.enum(['ok', 'failing']), failing: z.array(z.string()) })
  .meta({ id: 'Health' });

export const readiness = health
  .extend({
    warnings: z.array(z.string()).meta({ description: 'Faults that an operator has to mend.' }),
  })
  .meta({ id: 'Readiness' });
