import { z } from 'zod';
import { COUNTED_STATES } from '../domain/lifecycle/counted-states';
import { id, instant, simulated } from './common';
import { counts, pool } from './pools';
import { stats } from './system';

const number = z.number().int();
const { name, kind, driver, sizing, size, labels, failing, deleting } = pool.shape;

const cell = z.object({
  id: id.describe('The id of the resource.'),
  name: z.string().describe('Its name.'),
  type: z.string().describe('Its type.'),
  state: z.enum(COUNTED_STATES).meta({
    description:
      'The state by which `counts` counts it; of two, `maintenance` or `draining`, then `held`.',
  }),
});

export const poolOverview = z
  .object({
    id: id.describe('The id of the pool; another pool of this name has another.'),
    name,
    kind,
    driver,
    simulated,
    sizing,
    size,
    deleting,
    labels,
    types: z.array(z.string()).describe('The names of the types of its resources.'),
    seq: number.meta({
      description:
        'The number of the newest event of this pool that is in it. It rises with every change.',
    }),
    counts,
    queue: z
      .object({
        length: number.meta({
          description:
            'Requests that wait for something of it. Of more than 1,000, each counts once for each of ' +
            'its items and for each type that would do.',
        }),
        oldestSince: instant.nullable().meta({
          description:
            'When the oldest of them was made. Of more than 1,000, those that were moved ahead count ' +
            'only at the front; null: nobody waits, or all of many were moved ahead.',
        }),
      })
      .describe('The requests that wait.'),
    failing,
    resources: z
      .array(cell)
      .nullable()
      .meta({
        description:
          'All of them, in the order of their numbers; null: there are more than 200, and `counts` ' +
          'tells.',
      }),
  })
  .meta({ id: 'PoolOverview', description: 'A pool at a glance: no holder, nobody who waits.' });

export const overview = z
  .object({
    asOf: instant.describe('When the server looked.'),
    seq: number.meta({ description: 'The number of the newest event that is in it.' }),
    reservations: stats.shape.reservations,
    pools: z.array(poolOverview).describe('All pools, in the order of their names.'),
  })
  .meta({ id: 'Overview', description: 'All pools at a glance.' });

export type PoolOverviewAnswer = z.input<typeof poolOverview>;
export type OverviewAnswer = z.input<typeof overview>;
