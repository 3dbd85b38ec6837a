import { Option, type Command } from 'commander';
import type { Loan } from '../../client';
import { millisecondsOf } from '../../client/duration';
import { tell } from '../alone';
import { remoteCommand } from '../remote/command';
import { connect, targetOf } from '../remote/connect';
import { askingOptions, itemsOf, particularsOf, termsOf, type AskingOptions } from './asking';
import { borrowed } from './borrowing';
import { codeOf } from './child';
import { GRACE, marginFor } from './deadlines';
import { Interrupted, Signals } from './interrupted';
import { runOn } from './running';

interface ExecOptions extends AskingOptions {
  grace: string;
  extend: boolean;
  prefix?: string;
  writeEnv?: string;
  writeJson?: string;
  passToken?: boolean;
}

/** `holdfast exec … -- CMD…`: borrows, runs a command with the credentials, and gives back. */
export function addExec(program: Command): void {
  const command = remoteCommand(program, 'exec', {
    about: 'Borrow, run a command with the credentials in its environment, and give back.',
    examples: [
      'exec --pool lab --for 30m -- make test',
      'exec --item kind=account,type=free,count=2 --wait 10m -- ./deploy.sh',
    ],
  });
  askingOptions(command)
    .addOption(
      new Option(
        '--grace <duration>',
        'Between SIGTERM and SIGKILL, when the loan is lost.',
      ).default(`${GRACE / 1000}s`),
    )
    .option('--no-extend', 'Do not extend the lease while the command runs.')
    .option('--prefix <text>', 'Begins the names of the variables. Default: HOLDFAST_.')
    // Not --env-file, which Node itself takes, wherever it stands.
    .option(
      '--write-env <file>',
      'Also write the variables to this file; it is removed in the end.',
    )
    .option('--write-json <file>', 'Also write the loan as JSON to this file; it is removed, too.')
    .option('--pass-token', 'Let the command have HOLDFAST_TOKEN, too.')
    .argument('<command...>', 'The command and its arguments, after --.')
    .action(exec);
}

async function exec(words: string[], options: ExecOptions, command: Command): Promise<void> {
  try {
    await endWith(await borrowAndRun(words, options, command));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    tell(`holdfast: ${error.message}`);
    await endWith(codeOf(error.signal));
  }
}

/** Ends at once: nobody should wait for a timer of the client. */
async function endWith(code: number): Promise<void> {
  await new Promise<void>((resolve) => process.stderr.write('', () => resolve()));
  process.exit(code);
}

async function borrowAndRun(
  words: string[],
  options: ExecOptions,
  command: Command,
): Promise<number> {
  using signals = new Signals();
  const items = itemsOf(options);
  const grace = millisecondsOf(options.grace, '--grace');
  const holdfast = await connect(command);
  const { silence, lease, maximum } = await termsOf(holdfast, items, options.for);
  const margin = marginFor(grace, silence, lease);
  const loan = await borrowed(holdfast, signals, {
    items,
    ...particularsOf(options),
    for: options.for,
    wait: options.wait,
    heartbeat: `${silence}ms`,
    margin: `${margin}ms`,
  });
  try {
    const { url } = targetOf(command);
    const step = options.extend ? lease : null;
    const { prefix, writeEnv, writeJson, passToken = false } = options;
    const given = { prefix, writeEnv, writeJson, passToken };
    return await runOn(loan, signals, {
      command: words,
      url,
      ...given,
      margin,
      grace,
      step,
      maximum,
    });
  } finally {
    await givenBack(loan, silence);
  }
}

/** How long to try to give back a loan that was lost, in ms. */
const FAREWELL = 2_000;

/** A server that cannot be reached takes the loan back by itself: that is no failure of the command. */
async function givenBack(loan: Loan, silence: number): Promise<void> {
  // Lost in time, it may be held by the server for a while yet; nothing of the command is left.
  if (!loan.isHeld) return void (await Promise.race([loan.release().catch(() => {}), farewell()]));
  await loan.release().catch((error: Error) => {
    const seconds = Math.ceil(silence / 1000);
    tell(`holdfast: Not given back: ${error.message} The server takes it back in ${seconds}s.`);
  });
}

function farewell(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, FAREWELL));
}
