import { z } from 'zod';
import { id, instant, listOf, pageQuery, time } from './common';

const loan = z
  .object({
    reservation: id,
    user: z.object({
      id,
      name: z.string().nullable().meta({ description: 'null: the user is forgotten.' }),
    }),
    since: instant,
    until: instant.nullable().meta({ description: 'null: it goes on.' }),
  })
  .meta({ id: 'Loan', description: 'Who had a resource, and when.' });

export const loanList = listOf(loan).meta({ id: 'LoanList' });

export const loanQuery = pageQuery.extend({
  at: time.optional().meta({
    description:
      'Only the loan during which this instant (RFC 3339) was; `limit` and `cursor` have no effect.',
  }),
});

export type LoanAnswer = z.input<typeof loan>;
