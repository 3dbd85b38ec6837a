import { z } from 'zod';
import { RESOURCE_STATUSES } from '../domain/lifecycle/resource';
import { SPAN_KINDS } from '../domain/timeline/spans';
import { id, instant, time, wholeNumber } from './common';
import { ownReservation, person, queueEntry } from './pool-loans';

export const timelineQuery = z.strictObject({
  since: time.optional().meta({ description: 'Where it begins; by default, six hours ago.' }),
  until: time.optional().meta({
    description: 'Where it ends; by default a day after `since`, and 31 days after it at most.',
  }),
  limit: wholeNumber(1, 500).default(100).meta({ description: 'The most resources.' }),
});

const span = z.object({
  kind: z.enum(SPAN_KINDS).meta({ description: 'What the resource is busy with.' }),
  from: instant.meta({ description: 'When it began, also if that is before `since`.' }),
  to: instant.nullable().meta({
    description: 'When it ends, or will end unless it is extended; null: nobody knows.',
  }),
  holder: person,
  reservationId: ownReservation,
  mine: z.boolean().meta({ description: 'Does the caller hold it?' }),
});

export const timeline = z
  .object({
    pool: z.string().meta({ description: 'The name of the pool.' }),
    now: instant.meta({ description: 'The present of the server.' }),
    since: instant.meta({ description: 'Where it begins.' }),
    until: instant.meta({ description: 'Where it ends.' }),
    lanes: z
      .array(
        z.object({
          resource: z
            .object({
              id: id.describe('The id of the resource.'),
              name: z.string().meta({ description: 'Its name.' }),
              type: z.string().meta({ description: 'Its type.' }),
              status: z.enum(RESOURCE_STATUSES).meta({ description: 'Its status now.' }),
            })
            .meta({ description: 'The resource.' }),
          spans: z.array(span).meta({
            description: 'In order, without overlap. In between, it was not busy, or had gone.',
          }),
        }),
      )
      .meta({ description: 'One for each resource, in the order of the pool.' }),
    leftOut: z.number().int().meta({ description: 'How many resources are beyond `limit`.' }),
    queue: z.array(queueEntry).meta({ description: 'The first requests that wait, in order.' }),
    moreQueued: z.boolean().meta({ description: 'Do more requests wait than these?' }),
  })
  .meta({ id: 'Timeline', description: 'Who has, or waits for, the resources of a pool.' });

export type TimelineAnswer = z.input<typeof timeline>;
