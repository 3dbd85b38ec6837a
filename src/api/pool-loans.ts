import { z } from 'zod';
import { RESERVATION_STATUSES } from '../domain/loans/reservation';
import { id, instant, listOf } from './common';

/** A person in a list that others read. */
const person = z.object({ userId: id, name: z.string() }).nullable().meta({
  description:
    'null: the pool does not show others who it is (`shareHolders`), or the user is deleted.',
});

const ownReservation = id
  .nullable()
  .meta({ description: 'For its user and for admins only; null for others.' });

export const holder = z
  .object({
    resource: z.object({ id, name: z.string(), type: z.string() }),
    reservationId: ownReservation,
    holder: person,
    mine: z.boolean().meta({ description: 'Does the caller hold it?' }),
    status: z.enum(RESERVATION_STATUSES).extract(['preparing', 'active']),
    since: instant,
    until: instant.nullable().meta({
      description: 'When the loan ends, unless it is extended; null: no end, or not begun yet.',
    }),
  })
  .meta({ id: 'Holder' });

export const holderList = listOf(holder).meta({ id: 'HolderList' });

export type HolderAnswer = z.input<typeof holder>;
