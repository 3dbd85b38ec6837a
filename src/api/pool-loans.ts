import { z } from 'zod';
import { RESERVATION_STATUSES } from '../domain/loans/reservation';
import { id, instant, listOf, pageQuery, wholeNumber } from './common';

/** A person in a list that others read. */
export const person = z
  .object({
    userId: id.describe('The id of the user.'),
    name: z.string().describe('The name of the user.'),
  })
  .nullable()
  .meta({
    description:
      'null: the pool does not show others who it is (`shareHolders`), or the user is deleted.',
  });

export const ownReservation = id
  .nullable()
  .meta({ description: 'For its user and for admins only; null for others.' });

export const holder = z
  .object({
    resource: z
      .object({
        id: id.describe('Its id.'),
        name: z.string().describe('Its name.'),
        type: z.string().describe('Its type within the pool.'),
      })
      .describe('The resource that is lent.'),
    reservationId: ownReservation,
    holder: person,
    mine: z.boolean().meta({ description: 'Does the caller hold it?' }),
    status: z
      .enum(RESERVATION_STATUSES)
      .extract(['preparing', 'active'])
      .describe('preparing: its access is being opened.'),
    since: instant.describe('Since when.'),
    until: instant.nullable().meta({
      description: 'When the loan ends, unless it is extended; null: no end, or not begun yet.',
    }),
  })
  .meta({ id: 'Holder', description: 'A loan of the pool.' });

export const holderList = listOf(holder).meta({
  id: 'HolderList',
  description: 'A page of loans.',
});

export const queueQuery = pageQuery.extend({
  limit: wholeNumber(1, 100).default(100).meta({ description: 'Entries per page.' }),
});

export const queueEntry = z
  .object({
    position: z.number().int().meta({
      description: 'Place in the queue, 1 for the next, as in the reservation itself.',
    }),
    positionIsExact: z
      .boolean()
      .describe('False: more requests are ahead of it than were counted.'),
    reservationId: ownReservation,
    user: person,
    mine: z.boolean().meta({ description: 'Is it a request of the caller?' }),
    since: instant.describe('Since when.'),
    priority: z.number().int().describe('From 0; higher ones are served earlier.'),
    parked: z.boolean().meta({
      description: 'True: others go past, because something that it lacks cannot come by itself.',
    }),
    items: z
      .array(
        z.object({
          item: z.number().int().describe('The item of the request, from 0.'),
          types: z.array(z.string()).meta({ description: 'Any of these types of the pool.' }),
          resourceId: id.nullable().meta({ description: 'The one resource that it names.' }),
          count: z.number().int().describe('How many it asks for.'),
          missing: z.number().int().describe('How many of these are not held for it.'),
        }),
      )
      .meta({ description: 'The part of the request that waits for this pool.' }),
  })
  .meta({ id: 'QueueEntry', description: 'A request that waits for something of the pool.' });

export const queueList = listOf(queueEntry).meta({
  id: 'QueueList',
  description: 'A page of requests.',
});

export type QueueEntryAnswer = z.input<typeof queueEntry>;
export type HolderAnswer = z.input<typeof holder>;
