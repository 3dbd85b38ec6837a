import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { END_REASONS, RESERVATION_STATUSES } from '../domain/loans/reservation';
import { details, id, instant, simulated } from './common';
import { event } from './events';
import { waitingItem } from './waiting-item';

const credentials = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .meta({ description: 'What the holder logs in with.' });

const heldResource = z.object({
  id: id.describe('The id of the resource.'),
  name: z.string().describe('Its name.'),
  pool: z.string().describe('The name of its pool.'),
  kind: z.enum(KINDS).describe('The kind of thing that it is.'),
  type: z.string().describe('Its type within the pool.'),
  simulated,
  item: z.number().int().describe('The item of the request that it serves, from 0.'),
  generation: z.number().int().meta({ description: 'The fencing number of this loan.' }),
  details,
  credentials: credentials.nullable().meta({ description: 'For the holder only, while active.' }),
  rotates: z.boolean().meta({
    description: 'False: it cannot be rotated; the credential stays the same after the loan.',
  }),
});

const events = z.array(event).optional().meta({
  description: 'With `expand=events`: of its last 20 those that you may see, the newest first.',
});

export const reservation = z
  .object({
    id: id.describe('The id of the reservation, from the first answer on.'),
    status: z.enum(RESERVATION_STATUSES).describe('Where it is in its life.'),
    endReason: z.enum(END_REASONS).nullable().describe('How it ended; null: it has not.'),
    endDetail: z.string().nullable().describe('Why it ended, in a sentence; null: as asked.'),
    position: z.number().int().nullable().meta({
      description: 'Place in the queue, 1 for the next; null unless queued, and in lists.',
    }),
    positionIsExact: z
      .boolean()
      .meta({ description: 'False: more requests are ahead of it than were counted.' }),
    waitingFor: z
      .string()
      .nullable()
      .meta({
        description:
          'Why it waits, in a sentence for people; null: it does not, and in lists. Where one ' +
          'reservation is asked for by GET, with all reasons of `waiting`; elsewhere, only the ' +
          'requests ahead.',
      }),
    waiting: z
      .array(waitingItem)
      .optional()
      .meta({
        description:
          'Why each item waits, for programs. Only while it is queued, and where one reservation is ' +
          'asked for by GET.',
      }),
    priority: z.number().int().describe('From 0; higher ones are served earlier.'),
    requestedAt: instant.describe('When it was asked for.'),
    startsAt: instant.nullable().describe('When the lease began; null: not yet, or never.'),
    endsAt: instant
      .nullable()
      .describe('When the lease ends; null: never, or not known before it starts.'),
    heartbeatBy: instant
      .nullable()
      .describe('The lease ends unless a heartbeat comes by then; null: none is asked for.'),
    asOf: instant.describe('When the server looked, by its clock.'),
    endedAt: instant.nullable().describe('When it ended; null: it has not.'),
    userId: id.describe('The user whom it belongs to.'),
    requestedBy: id.nullable().meta({
      description: 'The admin who asked on behalf of the user; null: they asked themselves.',
    }),
    note: z.string().nullable().describe('For people: what it is for.'),
    items: z
      .array(z.record(z.string(), z.unknown()))
      .describe('The request, item by item, as it was sent.'),
    resources: z.array(heldResource).describe('The resources that it has, or had when it ended.'),
    events,
  })
  .meta({
    id: 'Reservation',
    description:
      'A request, and the loan that came of it. A caller whose clock differs counts what is left ' +
      'of the lease from `asOf`: `endsAt` and `heartbeatBy` minus `asOf`.',
  });

export type ReservationAnswer = z.input<typeof reservation>;
