import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { ADMIN_STATES, RESOURCE_STATUSES } from '../domain/lifecycle/resource';
import { details, id, instant, listOf, pageQuery, reason, simulated, time } from './common';
import { name as resourceName } from '../pools-file/basic-schemas';
import { fieldsSchema, seatsSchema, secretsSchema } from '../pools-file/resource-schema';
import { oneLine } from './text';

export const resource = z
  .object({
    id,
    name: z.string(),
    pool: z.string(),
    number: z.number().int(),
    kind: z.enum(KINDS),
    type: z.string(),
    labels: z.record(z.string(), z.string()),
    simulated,
    status: z.enum(RESOURCE_STATUSES),
    adminState: z.enum(ADMIN_STATES),
    maintenanceUntil: instant.nullable().meta({
      description:
        'When its maintenance ends by itself; null: when an admin says, or it is in none.',
    }),
    available: z.boolean().meta({ description: 'Can be lent now.' }),
    generation: z.number().int(),
    reason: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'Why it is quarantined or failing. For admins only.' }),
    failures: z.number().int(),
    returning: z
      .object({ since: instant, step: z.string(), nextAt: instant, reason: z.string().nullable() })
      .nullable()
      .optional()
      .meta({
        description:
          'On its way back from a loan: the present step, when it is tried next or must have ended, ' +
          'and why it waits. For admins only.',
      }),
    details,
    verifiedAt: instant.nullable(),
    rotatedAt: instant.nullable(),
    cleanedAt: instant.nullable(),
    expiresAt: instant.nullable(),
    createdAt: instant,
    heldBy: z
      .object({ reservationId: id, userId: id })
      .nullable()
      .optional()
      .meta({ description: 'For admins only.' }),
  })
  .meta({ id: 'Resource' });

export const resourceList = listOf(resource).meta({ id: 'ResourceList' });

export const resourceQuery = pageQuery.extend({
  pool: z.string().max(63).optional(),
  kind: z.enum(KINDS).optional(),
  type: z.string().max(63).optional(),
  status: z.enum(RESOURCE_STATUSES).optional(),
  label: z
    .string()
    .regex(/^[^=]+=.*$/, { error: 'must be name=value' })
    .max(320)
    .optional()
    .meta({ description: '`name=value`: only of pools with this label.' }),
});

const listingFields = ['seats', 'fields', 'secrets'] as const;

export const newResource = z
  .strictObject({
    pool: oneLine(63).min(1),
    type: oneLine(63).min(1).optional(),
    name: resourceName.optional().meta({
      description: 'Of a resource that exists already; without it, the driver makes one.',
    }),
    seats: seatsSchema.optional().meta({
      description:
        'Lends it to this many holders at once: each seat is a resource, `<name>.1` and so on. The ' +
        'answer shows the first.',
    }),
    fields: fieldsSchema
      .optional()
      .meta({ description: 'Shown to everybody, in `details`: host, port, url.' }),
    secrets: secretsSchema
      .optional()
      .meta({ description: 'Shown to the holder only, as `credentials` of the loan.' }),
  })
  .refine((body) => body.name !== undefined || listingFields.every((name) => !(name in body)), {
    path: ['name'],
    error: 'is missing; a resource that exists already has one',
  })
  .meta({
    id: 'NewResource',
    example: { pool: 'manual', type: 'default' },
  });
export const resourceChange = z
  .strictObject({
    adminState: z.enum(ADMIN_STATES),
    reason: reason.optional(),
    until: time.optional().meta({
      description: 'Maintenance only: when it comes back by itself (RFC 3339).',
    }),
  })
  .refine(({ adminState, until }) => until === undefined || adminState === 'maintenance', {
    path: ['until'],
    error: 'is for maintenance only',
  })
  .meta({
    id: 'ResourceChange',
    example: { adminState: 'maintenance', reason: 'its fan is broken' },
  });

/** A login, in the fields that the driver of the pool understands. */
export const newCredential = z
  .record(z.string().min(1).max(63), z.union([z.string().min(1).max(20_000), z.number()]))
  .refine((fields) => Object.keys(fields).length > 0 && Object.keys(fields).length <= 20, {
    error: 'must have 1 to 20 fields',
  })
  .meta({
    id: 'NewCredential',
    description: 'The fields of the credential, such as `username` and `password`.',
    example: { username: 'lab-1', password: 'correct horse' },
  });

export type ResourceAnswer = z.input<typeof resource>;
