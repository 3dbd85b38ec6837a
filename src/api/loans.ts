import { z } from 'zod';
import { id, instant, listOf, pageQuery, time } from './common';

const loan = z
  .object({
    reservation: id.describe('The id of the reservation that it was lent to.'),
    user: z
      .object({
        id: id.describe('The id of the user.'),
        name: z.string().nullable().meta({ description: 'null: the user is forgotten.' }),
      })
      .describe('The holder.'),
    since: instant.describe('When the loan began.'),
    until: instant.nullable().meta({ description: 'null: it goes on.' }),
  })
  .meta({ id: 'Loan', description: 'Who had a resource, and when.' });

export const loanList = listOf(loan).meta({ id: 'LoanList', description: 'A page of loans.' });

export const loanQuery = pageQuery.extend({
  at: time.optional().meta({
    description:
      'Only the loan during which this instant (RFC 3339) was; `limit` and `cursor` have no effect.',
  }),
});

export type LoanAnswer = z.input<typeof loan>;
