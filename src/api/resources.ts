import { z } from 'zod';
import { KINDS } from '../domain/pools/pool';
import { ADMIN_STATES, RESOURCE_STATUSES } from '../domain/lifecycle/resource';
import { details, id, instant, listOf, pageQuery, reason, simulated, time } from './common';
import { name as resourceName } from '../pools-file/basic-schemas';
import { fieldsSchema, seatsSchema, secretsSchema } from '../pools-file/resource-schema';
import { oneLine } from './text';

export const resource = z
  .object({
    id: id.describe('The id of the resource; another one of this name has another.'),
    name: z.string().describe('Its name, which no other resource has now.'),
    pool: z.string().describe('The name of its pool.'),
    number: z.number().int().describe('Its number within the pool.'),
    kind: z.enum(KINDS).describe('The kind of thing that it is.'),
    type: z.string().describe('Its type within the pool.'),
    labels: z.record(z.string(), z.string()).describe('The labels of its pool.'),
    simulated,
    status: z.enum(RESOURCE_STATUSES).describe('Where it is on its way from loan to loan.'),
    adminState: z
      .enum(ADMIN_STATES)
      .describe('in_service, or what an admin has decided: maintenance or draining.'),
    maintenanceUntil: instant.nullable().meta({
      description:
        'When its maintenance ends by itself; null: when an admin says, or it is in none.',
    }),
    available: z.boolean().meta({ description: 'Can be lent now.' }),
    generation: z.number().int().describe('Rises when a loan begins and when it ends.'),
    reason: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'Why it is quarantined or failing. For admins only.' }),
    failures: z.number().int().describe('How often its present step has failed in a row.'),
    returning: z
      .object({
        since: instant.describe('When the way back began.'),
        step: z.string().describe('The present step.'),
        nextAt: instant.describe('When it is tried next, or must have ended.'),
        reason: z.string().nullable().describe('Why it waits; null: it does not.'),
      })
      .nullable()
      .optional()
      .meta({
        description:
          'On its way back from a loan: the present step, when it is tried next or must have ended, ' +
          'and why it waits. For admins only.',
      }),
    details,
    verifiedAt: instant.nullable().describe('When it was last found to work; null: never.'),
    rotatedAt: instant.nullable().describe('When its credential last changed; null: never.'),
    cleanedAt: instant.nullable().describe('When it was last cleaned; null: never.'),
    expiresAt: instant.nullable().describe('When it is removed for being idle; null: it is not.'),
    createdAt: instant.describe('When it was added.'),
    heldBy: z
      .object({
        reservationId: id.describe('The reservation that has it.'),
        userId: id.describe('The user who has it.'),
      })
      .nullable()
      .optional()
      .meta({ description: 'Its holder; null: nobody. For admins only.' }),
  })
  .meta({ id: 'Resource', description: 'One thing that is lent.' });

export const resourceList = listOf(resource).meta({
  id: 'ResourceList',
  description: 'A page of resources.',
});

export const resourceQuery = pageQuery.extend({
  pool: z.string().max(63).optional().describe('Only of this pool, by name.'),
  kind: z.enum(KINDS).optional().describe('Only of this kind.'),
  type: z.string().max(63).optional().describe('Only of this type.'),
  status: z.enum(RESOURCE_STATUSES).optional().describe('Only in this status.'),
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
    pool: oneLine(63).min(1).describe('The pool to add it to, by name.'),
    type: oneLine(63).min(1).optional().describe('Its type. Default: the first one of the pool.'),
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
    description: 'A resource to be made, or one that exists already.',
    example: { pool: 'manual', type: 'default' },
  });
export const resourceChange = z
  .strictObject({
    adminState: z
      .enum(ADMIN_STATES)
      .describe(
        'in_service: it is lent. maintenance: it is not. draining: it is removed after its loan.',
      ),
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
    description: 'What an admin decides about a resource.',
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
