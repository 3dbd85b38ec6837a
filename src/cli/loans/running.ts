import { isAbsolute, resolve } from 'node:path';
import { isatty } from 'node:tty';
import type { Loan, Lost } from '../../client';
import { callerEnvironment } from '../../environment';
import { tell } from '../alone';
import { EXIT } from '../exit-codes';
import { Child, type ChildEnd } from './child';
import { graceWithin } from './deadlines';
import { childEnvironment, markerOf, variablesOf } from './environment';
import { Guard } from './guard';
import type { Signals } from './interrupted';
import { Keeper } from './keeper';
import { pathsOf, removeFiles, writeFiles, type FileOptions } from './loan-files';

/** How a command runs with a loan. */
export interface RunOptions extends FileOptions {
  command: readonly string[];
  url: string;
  prefix?: string;
  passToken: boolean;
  /** How early the loss of the loan is announced, in ms. */
  margin: number;
  /** For processes that the command leaves behind: ms between SIGTERM and SIGKILL. */
  grace: number;
  /** By how much to extend the loan at a time, in ms; null: not at all. */
  step: number | null;
  /** The longest lease, in ms; null: none. */
  maximum: number | null;
}

/**
 * Runs a command with the credentials of a loan in its environment, until it ends or the loan is lost.
 * Then nothing of it is left, and its exit code is given. Until then it gets our signals. The loan is
 * not released. Errors: Refusal `usage`, `exists` and `storage` about the options, before anything ran.
 */
export async function runOn(loan: Loan, signals: Signals, options: RunOptions): Promise<number> {
  const { url, prefix, passToken, margin } = options;
  const variables = variablesOf(loan, url, prefix);
  const marker = markerOf(loan.id);
  const files = pathsOf(options).map((path) => (isAbsolute(path) ? path : resolve(path)));
  writeFiles(options, { loan, url, variables });
  const env = callerEnvironment();
  const guard = new Guard({
    marker,
    files,
    graceSeconds: Math.floor(graceWithin(margin, 'overdue') / 1000),
    path: env.PATH,
    onMissing: (reason) =>
      say(`There is no guard (${reason}): if this program is killed, the command lives on.`),
  });
  try {
    const child = new Child({
      command: options.command,
      env: { ...childEnvironment(env, variables, passToken), [marker]: '1' },
      marker,
      onTerminal: [0, 1, 2].some((stream) => isatty(stream)),
    });
    signals.passTo((signal) => child.pass(signal));
    return await watched(child, guard, loan, options);
  } finally {
    signals.ignore();
    guard.done();
    removeFiles(files);
  }
}

async function watched(
  child: Child,
  guard: Guard,
  loan: Loan,
  options: RunOptions,
): Promise<number> {
  if (child.pid !== undefined) guard.watch(child.pid, child.ownsGroup);
  const keeper = new Keeper(loan, {
    ...options,
    onDeadline: (ms) => guard.until(ms),
    warn: say,
  });
  try {
    const end = await Promise.race([child.ended, loan.lost.then(() => null)]);
    // The guard may have ended the command in our sleep.
    if (end !== null && loan.isHeld) return await finished(child, end, loan, options);
    return await lost(child, await loan.lost, options);
  } finally {
    keeper.stop();
  }
}

/** The command has ended by itself: whatever it left behind ends, too. */
async function finished(
  child: Child,
  end: ChildEnd,
  loan: Loan,
  { grace, margin }: RunOptions,
): Promise<number> {
  if (end.failure !== null) say(end.failure);
  const ending = child.family?.end(grace) ?? 0;
  const hurried = loan.lost.then(({ because }) => child.family?.end(graceWithin(margin, because)));
  const count = (await Promise.race([ending, hurried])) ?? 0;
  if (count > 0)
    say(`Ended ${count === 1 ? 'a process' : `${count} processes`} that the command left behind.`);
  return end.code;
}

async function lost(child: Child, { because, detail }: Lost, options: RunOptions): Promise<number> {
  say(`The loan is lost, and the command is ended: ${detail}`);
  await child.family?.end(graceWithin(options.margin, because));
  await child.ended;
  return EXIT.lost;
}

function say(text: string): void {
  tell(`holdfast: ${text}`);
}
