import type { z } from 'zod';
import type { Holdfast, Loan } from '../client';
import { loanShown, poolShown } from './answers';
import { ToolError } from './failures';
import type { LoanSet } from './loan-set';
import * as schemas from './schemas';
import { waitFor, type ToolCall } from './waiting';

/** Runs a command with a loan; gives how it ended, without secrets. Errors: ToolError. */
export type Run = (
  loan: Loan,
  given: schemas.RunGiven,
  signal: AbortSignal,
) => Promise<schemas.Ran>;

/** Everything that the tools of one session work with. */
export interface Toolbox {
  holdfast: Holdfast;
  loans: LoanSet;
  /** May the agent read passwords? Errors: those of a call. */
  showsSecrets: () => Promise<boolean>;
  /** undefined: no commands are run here. */
  run?: Run;
}

/** A tool as data: the server of the protocol and the tests read it. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  input: z.ZodObject;
  output: z.ZodObject;
  /** Its possible effects, for clients that ask their user first. */
  hints: { readOnly?: true; destructive?: true; idempotent?: true; openWorld?: true };
  call: (box: Toolbox, given: never, call: ToolCall) => Promise<Record<string, unknown>>;
}

interface Typed<I extends z.ZodObject, O extends z.ZodObject> extends Omit<
  Tool,
  'input' | 'output' | 'call'
> {
  input: I;
  output: O;
  call: (box: Toolbox, given: z.output<I>, call: ToolCall) => Promise<z.output<O>>;
}

function tool<I extends z.ZodObject, O extends z.ZodObject>(definition: Typed<I, O>): Tool {
  return definition;
}

const listPools = tool({
  name: 'list_pools',
  title: 'List pools',
  description: 'Lists the pools that lend resources, and how many of each are free now.',
  input: schemas.NOTHING,
  output: schemas.POOLS,
  hints: { readOnly: true, idempotent: true },
  call: async ({ holdfast }) => ({ pools: (await holdfast.pools.list().all()).map(poolShown) }),
});

const borrow = tool({
  name: 'borrow',
  title: 'Borrow',
  description:
    'Borrows resources, all items at once. If they are not free, it waits in the queue; with ' +
    'the status queued, call wait with the id. A loan ends at endsAt, when it is released, and ' +
    'with this session. Release it as soon as you are done: others wait for it.',
  input: schemas.BORROW,
  output: schemas.loan,
  hints: {},
  call: async ({ loans, showsSecrets }, { wait, giveUpAfter, for: lasting, ...rest }, call) => {
    // Asked first: a loan that cannot be shown must not be made.
    const shows = await showsSecrets();
    const borrowing = loans.borrow({ ...rest, for: lasting, wait: giveUpAfter });
    try {
      await waitFor(borrowing, wait, call);
    } catch (error) {
      // The agent never learned the id.
      await loans.release(borrowing);
      throw error;
    }
    return loanShown(borrowing, shows);
  },
});

const wait = tool({
  name: 'wait',
  title: 'Wait for a request',
  description: 'Waits until a queued request is served. It may be called again and again.',
  input: schemas.WAIT,
  output: schemas.loan,
  hints: { readOnly: true, idempotent: true },
  call: async ({ loans, showsSecrets }, { id, for: patience }, call) => {
    const borrowing = loans.find(id);
    await waitFor(borrowing, patience, call);
    return loanShown(borrowing, await showsSecrets());
  },
});

const extend = tool({
  name: 'extend',
  title: 'Extend a loan',
  description: 'Moves the end of a loan, up to the maximum of its pools.',
  input: schemas.EXTEND,
  output: schemas.loan,
  hints: {},
  call: async ({ loans, showsSecrets }, { id, by }) => {
    const borrowing = loans.find(id);
    await heldIn(loans, id).extend(by);
    return loanShown(borrowing, await showsSecrets());
  },
});

const release = tool({
  name: 'release',
  title: 'Release',
  description: 'Gives a loan back, or leaves the queue. What was made with it is cleaned away.',
  input: schemas.RELEASE,
  output: schemas.RELEASED,
  hints: { destructive: true, idempotent: true },
  call: async ({ loans }, { id }) => {
    await loans.release(loans.find(id));
    return { id, status: 'ended' as const };
  },
});

const myLoans = tool({
  name: 'my_loans',
  title: 'List the loans of this session',
  description: 'Lists what this session has borrowed or waits for, and what of it was lost.',
  input: schemas.NOTHING,
  output: schemas.LOANS,
  hints: { readOnly: true, idempotent: true },
  call: async ({ loans, showsSecrets }) => {
    const shows = await showsSecrets();
    return { loans: loans.list().map((each) => loanShown(each, shows)) };
  },
});

const runInLoan = tool({
  name: 'run_in_loan',
  title: 'Run a command with a loan',
  description:
    'Runs a command on the machine of the agent, with the credentials of a loan in its ' +
    'environment: HOLDFAST_<POOL>_<NUMBER>_<FIELD>, such as HOLDFAST_LAB_1_PASSWORD. Passwords ' +
    'in its output are replaced. It is ended when the loan is lost.',
  input: schemas.RUN,
  output: schemas.RAN,
  hints: { destructive: true, openWorld: true },
  call: async ({ loans, run }, given, { signal }) => {
    if (!run) throw new ToolError('unsupported', 'No commands are run here.');
    const loan = heldIn(loans, given.id);
    return loans
      .find(given.id)
      .use((stopping) => run(loan, given, AbortSignal.any([signal, stopping])));
  },
});

/** The loan of a request that was served. Errors: ToolError `not_found`, `conflict`, `lease_over`. */
function heldIn(loans: LoanSet, id: string): Loan {
  const { loan, lost } = loans.find(id);
  if (loan === null) throw new ToolError('conflict', 'It has not been served yet; call wait.');
  if (!loan.isHeld) throw new ToolError('lease_over', lost?.detail ?? 'The loan has ended.');
  return loan;
}

/** Every tool, in the order in which they are listed. */
export const TOOLS: readonly Tool[] = [
  listPools,
  borrow,
  wait,
  extend,
  release,
  myLoans,
  runInLoan,
];

/** The tools that a session is offered: commands only where they can be run. */
export function toolsOf({ run }: Pick<Toolbox, 'run'>): readonly Tool[] {
  return run ? TOOLS : TOOLS.filter((each) => each !== runInLoan);
}
