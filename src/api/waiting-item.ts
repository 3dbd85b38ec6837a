import { z } from 'zod';
import { WAIT_REASONS } from '../domain/queue/reasons';
import { instant } from './common';

export const waitingItem = z
  .object({
    item: z.number().int().meta({ description: 'The item of the request, from 0.' }),
    missing: z.number().int().meta({ description: 'How many of its count are not held for it.' }),
    ahead: z.number().int().meta({ description: 'Requests before it, counted up to 501.' }),
    because: z
      .array(
        z.object({
          reason: z.enum(WAIT_REASONS).meta({
            description:
              'held: lent to others. ahead: requests before it. booked: kept for another queued ' +
              'request. cleaning: being made, cleaned or checked. maintenance: an admin has it. ' +
              'quarantined: it failed. none: there is no such resource now.',
          }),
          count: z.number().int().meta({ description: 'Resources; for ahead, requests.' }),
          until: instant.optional().meta({
            description:
              'When the first of them is over, unless it is put off; cleaning: at the latest, if ' +
              'nothing fails. Absent: nobody knows.',
          }),
        }),
      )
      .describe('The reasons, each with how many it holds up.'),
  })
  .meta({ id: 'WaitingItem', description: 'Why an item of a queued request waits.' });

export type WaitingItemAnswer = z.input<typeof waitingItem>;
