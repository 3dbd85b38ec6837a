import { z } from 'zod';
import { counts } from './pools';

export const stats = z
  .object({
    resources: counts,
    pools: z
      .array(
        z.object({
          name: z.string().describe('The name of the pool.'),
          kind: z.string().describe('The kind of its resources.'),
          counts,
        }),
      )
      .describe('The same for each pool.'),
    reservations: z
      .object({
        queued: z.number().int().describe('Requests that wait.'),
        preparing: z.number().int().describe('Loans whose access is being opened.'),
        active: z.number().int().describe('Loans that run.'),
      })
      .describe('Reservations by status.'),
  })
  .meta({ id: 'Stats', description: 'Resources and reservations by state.' });

export const version = z
  .object({
    version: z.string().describe('The version of Holdfast.'),
    commit: z.string().nullable().describe('The commit that it was built from; null: unknown.'),
    node: z.string().describe('The version of Node.'),
    sqlite: z.string().describe('The version of SQLite.'),
  })
  .meta({ id: 'Version', description: 'The identity of this build.' });

export const welcome = z
  .object({
    name: z.string().describe('The name of the product.'),
    version: z.string().describe('Its version.'),
    links: z.record(z.string(), z.string()).describe('Paths of this server, by what is there.'),
  })
  .catchall(z.number().int())
  .meta({
    id: 'Welcome',
    description: 'Where to go next; with legacy APIs, also the statistics of acctpool.',
  });

/** An OpenAPI document, as far as every reader needs it. */
export const openApi = z
  .looseObject({
    openapi: z.literal('3.1.0').meta({ description: 'The version of OpenAPI.' }),
    info: z.record(z.string(), z.unknown()).meta({ description: 'The title and the version.' }),
    paths: z.record(z.string(), z.unknown()).meta({ description: 'The calls, by path.' }),
  })
  .meta({ id: 'OpenApi', description: 'An OpenAPI document.' });

export const health = z
  .object({
    status: z.enum(['ok', 'failing']).describe('ok: nothing fails.'),
    failing: z.array(z.string()).describe('What fails, in words.'),
  })
  .meta({ id: 'Health', description: 'Whether the process answers.' });

export const readiness = health
  .extend({
    warnings: z.array(z.string()).meta({ description: 'Faults that an operator has to mend.' }),
  })
  .meta({ id: 'Readiness', description: 'Whether the service can do its work.' });
