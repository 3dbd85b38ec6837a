import type { Command } from 'commander';
import { millisecondsOf } from '../../client/duration';
import { Refusal } from '../exit-codes';
import { showingCommand } from '../remote/command';
import { connect } from '../remote/connect';
import { showing } from './borrowing';
import { untilServed } from './serving';
import { showLoan } from './shown-loan';

interface WaitOptions {
  wait?: string;
  prefix?: string;
}

/** `holdfast wait ID`: waits until a request is served, and prints the loan. */
export function addWait(program: Command): void {
  showingCommand(program, 'wait', {
    about:
      'Wait until a request is served, and print the loan. A signal leaves the request as it is.',
    examples: ['wait 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a --wait 10m'],
  })
    .option('--wait <duration>', 'How long. Default: until it is served, or over.')
    .option('--prefix <text>', 'With -o env: begins the names of the variables.')
    .argument('<id>', 'The request.')
    .action(waitFor);
}

async function waitFor(id: string, { wait, prefix }: WaitOptions, command: Command): Promise<void> {
  const signal =
    wait === undefined ? undefined : AbortSignal.timeout(millisecondsOf(wait, '--wait'));
  const holdfast = await connect(command);
  try {
    const loan = await showing((onWaiting) => untilServed(holdfast, id, onWaiting, signal));
    await showLoan(command, loan, prefix);
  } catch (error) {
    if (!signal?.aborted || error !== signal.reason) throw error;
    throw new Refusal('timedOut', 'The time to wait is over; the request stays as it is.');
  }
}
