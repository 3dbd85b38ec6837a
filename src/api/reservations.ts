import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { END_REASONS, RESERVATION_STATUSES } from '../domain/loans/reservation';
import { WAIT_REASONS } from '../domain/queue/reasons';
import { MAX_PRIORITY } from '../domain/queue/scheduling';
import { MAX_ITEMS, MAX_RESOURCES } from '../domain/loans/submission';
import { MAX_CLASSES } from '../domain/queue/matching';
import { details, id, instant, listOf, pageQuery, simulated, time, waitQuery } from './common';
import { access } from './access';
import { event } from './events';
import { oneLine, plainText } from './text';

const YEAR = 366 * 24 * 3600;
const seconds = z.number().int().min(1).max(YEAR);

const count = z.number().int().min(1).max(MAX_RESOURCES).default(1);
const labels = z.record(oneLine(63).min(1), oneLine(255));

const item = z
  .strictObject({
    pool: id.optional().describe('Of this pool, by name.'),
    pools: z
      .array(id)
      .min(1)
      .max(MAX_CLASSES)
      .optional()
      .meta({ description: 'Any of these; earlier ones are preferred.' }),
    kind: z.enum(KINDS).optional().describe('Of this kind, in any pool.'),
    type: oneLine(63).min(1).optional().describe('Of this type; default: any.'),
    labels: labels.optional().describe('Only of pools that have all these labels.'),
    resource: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'One resource, by id or name.' }),
    count: count.describe('How many.'),
  })
  .refine(
    ({ pool, pools, kind, resource }) =>
      [pool, pools, kind, resource].some((named) => named !== undefined),
    { error: 'must name a pool, pools, a kind or a resource' },
  )
  .refine(({ pool, pools }) => pool === undefined || pools === undefined, {
    error: 'must not have both pool and pools',
  })
  .meta({
    id: 'ReservationItem',
    description: 'A number of resources of a pool, or of a kind and type; or one named resource.',
  });

export const newReservation = z
  .strictObject({
    items: z.array(item).min(1).max(MAX_ITEMS).describe('All of them are lent at once, or none.'),
    durationSeconds: seconds.nullable().optional().meta({
      description: "null: without an end, where the pools allow it. Default: the pools' own.",
    }),
    endsAt: time.optional().meta({
      description:
        'Instead of durationSeconds: when the lease ends, whenever it starts (RFC 3339). The request ' +
        'does not wait beyond it.',
    }),
    heartbeatSeconds: seconds.optional().meta({
      description:
        'The lease ends if no heartbeat comes for this long, plus the grace of the pools; at most ' +
        'what the pools ask for.',
    }),
    onBehalfOf: z.string().min(1).max(254).optional().meta({
      description: 'For admins: the user who is to hold it, by id, e-mail address or name.',
    }),
    priority: z
      .number()
      .int()
      .min(0)
      .max(MAX_PRIORITY)
      .default(0)
      .describe('Higher ones are served earlier; at most that of the credential.'),
    queueTimeoutSeconds: z
      .number()
      .int()
      .min(0)
      .max(YEAR)
      .optional()
      .meta({ description: 'How long to stay queued; 0: not at all. Default: until served.' }),
    access: access.optional(),
    onRelease: z.enum(['clean', 'maintenance']).default('clean').meta({
      description:
        'maintenance: when the loan ends, keep the resource out of service until an admin returns it.',
    }),
    note: plainText(1000).optional().describe('For people: what it is for.'),
  })
  .refine(({ durationSeconds, endsAt }) => durationSeconds === undefined || endsAt === undefined, {
    path: ['endsAt'],
    error: 'must not be there with durationSeconds',
  })
  .meta({
    id: 'NewReservation',
    description: 'A request for resources, and the terms of their loan.',
    example: {
      items: [
        { pool: 'lab', type: 'default', count: 1 },
        { kind: 'vm', labels: { zone: 'x' }, count: 1 },
      ],
      durationSeconds: 60,
      priority: 0,
      queueTimeoutSeconds: 0,
      onRelease: 'clean',
      note: 'for a test',
    },
  });

export const reservationChange = z
  .strictObject({
    extendSeconds: seconds.optional().describe('How much later the lease ends than it would now.'),
    note: plainText(1000)
      .nullable()
      .optional()
      .meta({ description: 'null removes it. In any status, also after the end.' }),
  })
  .refine(({ extendSeconds, note }) => extendSeconds !== undefined || note !== undefined, {
    error: 'must have extendSeconds or a note',
  })
  .meta({
    id: 'ReservationChange',
    description: 'At least one of these.',
    example: { extendSeconds: 10, note: 'needs longer' },
  });

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

const waitingItem = z
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
      .meta({ description: 'The reason why it waits, in a sentence for people.' }),
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

const EXPANSIONS = ['details', 'events'] as const;
export type Expansion = (typeof EXPANSIONS)[number];

const expand = z
  .string()
  .max(100)
  .transform((text, context) => {
    const names = text.split(',').map((name) => EXPANSIONS.find((one) => one === name));
    if (names.every((name) => name !== undefined)) return new Set<Expansion>(names);
    context.addIssue({ code: 'custom', message: `knows only ${EXPANSIONS.join(' and ')}` });
    return z.NEVER;
  })
  .optional()
  .meta({
    description:
      'Also show, separated by commas: `details` of the resources (one reservation always has ' +
      'them), `events` of the reservation.',
  });

export const reservationSummary = reservation
  .omit({ resources: true, waiting: true, asOf: true })
  .extend({
    user: z
      .object({
        id: id.describe('The id of the user.'),
        name: z.string().describe('The name of the user.'),
      })
      .nullable()
      .meta({
        description: 'Its holder; null if the user has been deleted.',
      }),
    resources: z
      .array(
        z.object({
          id: id.describe('The id of the resource.'),
          name: z.string().describe('Its name.'),
          details: details.optional().meta({
            description: 'With `expand=details`; empty unless the reservation has it now.',
          }),
        }),
      )
      .meta({
        description: 'Names of what it has or had, at most 20.',
      }),
    hasMoreResources: z.boolean().describe('True: it has or had more of them.'),
  });
export const reservationList = listOf(reservationSummary).meta({
  id: 'ReservationList',
  description: 'A page of reservations.',
});
export const reservationQuery = pageQuery.extend({
  status: z.enum(RESERVATION_STATUSES).optional().describe('Only in this status.'),
  pool: z.string().min(1).max(63).optional().meta({
    description: 'Asks for something of this pool by name, waits for it, or has or had it.',
  }),
  resource: z.string().min(1).max(200).optional().meta({
    description: 'Waits for this resource by name, or has or had it; id or name.',
  }),
  user: z.string().min(1).max(254).optional().meta({
    description: 'Id, e-mail address or name. For admins; others see their own only.',
  }),
  since: time.optional().meta({ description: 'Requested at this instant or later (RFC 3339).' }),
  until: time.optional().meta({ description: 'Requested before this instant (RFC 3339).' }),
  order: z.enum(['asc', 'desc']).default('asc').meta({ description: 'desc: the newest first.' }),
  expand,
});
export const oneReservationQuery = waitQuery.extend({ expand });

export type NewReservation = z.output<typeof newReservation>;
export type ReservationChangeBody = z.output<typeof reservationChange>;
export type WaitingItemAnswer = z.input<typeof waitingItem>;
export type ReservationAnswer = z.input<typeof reservation>;
