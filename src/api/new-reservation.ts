import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { MAX_PRIORITY } from '../domain/queue/scheduling';
import { MAX_ITEMS, MAX_RESOURCES } from '../domain/loans/submission';
import { MAX_CLASSES } from '../domain/queue/matching';
import { access } from './access';
import { id, time } from './common';
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

export type NewReservation = z.output<typeof newReservation>;
export type ReservationChangeBody = z.output<typeof reservationChange>;
