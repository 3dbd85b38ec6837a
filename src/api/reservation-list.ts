import { z } from 'zod';
import { RESERVATION_STATUSES } from '../domain/loans/reservation';
import { details, id, listOf, pageQuery, time, waitQuery } from './common';
import { reservation } from './reservation';

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
