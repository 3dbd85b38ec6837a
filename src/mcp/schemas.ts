import { z } from 'zod';
import { pool } from '../api/pools';
import { newReservation } from '../api/new-reservation';
import { reservation } from '../api/reservation';

const asked = newReservation.shape;
const shown = reservation.shape;

/** A duration as people and agents write it; what it means is checked where it is used. */
const duration = z.string().min(2).max(20).meta({ description: 'Such as 30s, 5m, 2h or 1d.' });
/** The longest that one call waits, in ms: most clients give a call up long before. */
export const MOST_WAITED = 10 * 60_000;
const waits = (otherwise: string) =>
  duration.default(otherwise).meta({ description: 'How long this call waits, 10m at most.' });

const loanId = shown.id.describe('The id that `borrow` gave.');
const ofLoan = z.strictObject({ id: loanId });

const held = shown.resources.element.pick({
  id: true,
  name: true,
  pool: true,
  kind: true,
  type: true,
  simulated: true,
  details: true,
  credentials: true,
});

/** A loan as an agent is shown it. */
export const loan = z.object({
  id: loanId,
  status: shown.status,
  position: shown.position,
  waitingFor: shown.waitingFor,
  endsAt: shown.endsAt,
  resources: z.array(held).describe('What is held; none while it waits, and after its end.'),
  secretsShown: z.boolean().meta({
    description:
      'False: passwords and keys are left out, because the token lacks the scope secrets.',
  }),
  lost: z.string().nullable().describe('Why it was lost; null: it was not. Use it no more then.'),
});
export type LoanShown = z.output<typeof loan>;

const poolShown = z.object({
  ...pool.pick({ name: true, kind: true, labels: true, simulated: true }).shape,
  types: z.array(z.string()).describe('The types of its resources.'),
  available: pool.shape.counts.shape.available,
  total: pool.shape.counts.shape.total,
  defaultSeconds: pool.shape.lease.shape.default,
  maximumSeconds: pool.shape.lease.shape.maximum,
});
export type PoolShown = z.output<typeof poolShown>;

export const NOTHING = z.strictObject({});
export const POOLS = z.object({ pools: z.array(poolShown) });
export const LOANS = z.object({ loans: z.array(loan) });

export const BORROW = z.strictObject({
  items: asked.items,
  for: duration.optional().describe('How long to have it. Default: as the pools say.'),
  wait: waits('30s'),
  giveUpAfter: duration
    .optional()
    .describe('How long the request stays in the queue; 0s: not at all. Default: until served.'),
  note: asked.note,
  priority: asked.priority,
});
export const WAIT = z.strictObject({ id: loanId, for: waits('50s') });
export const EXTEND = z.strictObject({
  id: loanId,
  by: duration.describe('How much later it ends, such as 30m.'),
});
export const RELEASE = ofLoan;
export const RELEASED = z.object({ id: loanId, status: z.literal('ended') });

export const RUN = z.strictObject({
  id: loanId,
  command: z
    .array(z.string().max(100_000))
    .min(1)
    .max(1_000)
    .meta({ description: 'The program and its arguments; no shell reads them.' }),
  input: z.string().max(1_000_000).optional().describe('Its standard input. Default: empty.'),
  directory: z.string().min(1).max(4_096).optional().describe('Where it runs.'),
  timeout: duration.default('10m').describe('After this long it is ended.'),
});
export const RAN = z.object({
  exitCode: z.number().int().describe('As a shell has it: 128 and more for a signal.'),
  endedBecause: z.enum(['itself', 'timeout', 'loan_lost', 'cancelled']),
  stdout: z.string().describe('What it wrote, with secrets of the loan replaced by ***.'),
  stderr: z.string(),
  truncated: z.boolean().describe('True: the beginning of an output is missing.'),
});
export type RunGiven = z.output<typeof RUN>;
export type Ran = z.output<typeof RAN>;
