import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { END_REASONS, RESERVATION_STATUSES } from '../domain/loans/reservation';
import { WAIT_REASONS } from '../domain/queue/reasons';
import { MAX_PRIORITY } from '../domain/queue/scheduling';
import { MAX_ITEMS, MAX_RESOURCES } from '../domain/loans/submission';
import { MAX_CLASSES } from '../domain/queue/matching';
import { details, id, instant, listOf, pageQuery, simulated, time } from './common';
import { access } from './access';
import { oneLine, plainText } from './text';

const YEAR = 366 * 24 * 3600;
const seconds = z.number().int().min(1).max(YEAR);

const count = z.number().int().min(1).max(MAX_RESOURCES).default(1);
const labels = z.record(oneLine(63).min(1), oneLine(255));

const item = z
  .strictObject({
    pool: id.optional(),
    pools: z
      .array(id)
      .min(1)
      .max(MAX_CLASSES)
      .optional()
      .meta({ description: 'Any of these; earlier ones are preferred.' }),
    kind: z.enum(KINDS).optional(),
    type: oneLine(63).min(1).optional(),
    labels: labels.optional(),
    resource: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'One resource, by id or name.' }),
    count,
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
    items: z.array(item).min(1).max(MAX_ITEMS),
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
    priority: z.number().int().min(0).max(MAX_PRIORITY).default(0),
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
    note: plainText(1000).optional(),
  })
  .refine(({ durationSeconds, endsAt }) => durationSeconds === undefined || endsAt === undefined, {
    path: ['endsAt'],
    error: 'must not be there with durationSeconds',
  })
  .meta({
    id: 'NewReservation',
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
    extendSeconds: seconds.optional(),
    note: plainText(1000)
      .nullable()
      .optional()
      .meta({ description: 'null removes it. In any status, also after the end.' }),
  })
  .refine(({ extendSeconds, note }) => extendSeconds !== undefined || note !== undefined, {
    error: 'must have extendSeconds or a note',
  })
  .meta({ id: 'ReservationChange', example: { extendSeconds: 10, note: 'needs longer' } });

const credentials = z
  .record(z.string(), z.union([z.string(), z.number()]))
  .meta({ description: 'What the holder logs in with.' });

const heldResource = z.object({
  id,
  name: z.string(),
  pool: z.string(),
  kind: z.enum(KINDS),
  type: z.string(),
  simulated,
  item: z.number().int(),
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
    because: z.array(
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
    ),
  })
  .meta({ id: 'WaitingItem' });

export const reservation = z
  .object({
    id,
    status: z.enum(RESERVATION_STATUSES),
    endReason: z.enum(END_REASONS).nullable(),
    endDetail: z.string().nullable(),
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
    priority: z.number().int(),
    requestedAt: instant,
    startsAt: instant.nullable(),
    endsAt: instant.nullable(),
    heartbeatBy: instant.nullable(),
    asOf: instant,
    endedAt: instant.nullable(),
    userId: id,
    requestedBy: id.nullable().meta({
      description: 'The admin who asked on behalf of the user; null: they asked themselves.',
    }),
    note: z.string().nullable(),
    items: z.array(z.record(z.string(), z.unknown())),
    resources: z.array(heldResource),
  })
  .meta({
    id: 'Reservation',
    description:
      '`asOf`: when the server looked, by its clock. A caller whose clock is another counts what is ' +
      'left of the lease from there: `endsAt` and `heartbeatBy` minus `asOf`.',
  });

export const reservationSummary = reservation
  .omit({ resources: true, waiting: true, asOf: true })
  .extend({
    user: z.object({ id, name: z.string() }).nullable().meta({
      description: 'Its holder; null if the user has been deleted.',
    }),
    resources: z.array(z.object({ id, name: z.string() })).meta({
      description: 'Names of what it has or had, at most 20.',
    }),
    hasMoreResources: z.boolean(),
  });
export const reservationList = listOf(reservationSummary).meta({ id: 'ReservationList' });
export const reservationQuery = pageQuery.extend({
  status: z.enum(RESERVATION_STATUSES).optional(),
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
});

export type NewReservation = z.output<typeof newReservation>;
export type ReservationChangeBody = z.output<typeof reservationChange>;
export type WaitingItemAnswer = z.input<typeof waitingItem>;
export type ReservationAnswer = z.input<typeof reservation>;
