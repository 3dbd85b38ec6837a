import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Loan } from '../../client';
import { millisecondsOf } from '../../client/duration';
import { callerEnvironment } from '../../environment';
import { ToolError } from '../../mcp/failures';
import type { Ran, RunGiven } from '../../mcp/schemas';
import { BoundedOutput, secretsOf } from '../../mcp/secrets';
import type { Run } from '../../mcp/tools';
import { withInheritedUmask } from '../../umask';
import { codeOf } from '../loans/child';
import { childEnvironment, markerOf, variablesOf } from '../loans/environment';
import { Guard } from '../loans/guard';
import { Keeper } from '../loans/keeper';
import { Family } from '../loans/processes';

/** The longest output of each stream that an agent reads, in characters. */
const MOST_OUTPUT = 64 * 1024;
/** Between SIGTERM and SIGKILL, in ms: agents wait for the answer. */
const GRACE = 1_000;
/** The same when the loan may be over soon: less than the margin of the client. */
const GRACE_WHEN_LOST = 200;
/** How long a process that escaped may keep the outputs open, in ms. */
const LINGER = 500;
/** How early the client announces that a loan is lost, in ms, at most. */
const MARGIN = 2_000;
/** A timer of Node cannot be longer, in ms. */
const LONGEST_TIMER = 2 ** 31 - 1;

type Because = Ran['endedBecause'];

let runs = 0;

/** Gives how commands are run with a loan of the server at `url`. */
export function runnerFor(url: string): Run {
  return async (loan, given, signal) => {
    const timeout = Math.min(millisecondsOf(given.timeout, 'timeout'), LONGEST_TIMER);
    runs += 1;
    // Each run has a mark of its own: the end of one must not end another with the same loan.
    const marker = `${markerOf(loan.id)}_${runs}`;
    const guard = new Guard({
      ...{ marker, files: [], graceSeconds: 0, path: callerEnvironment().PATH },
      onMissing: () => undefined,
    });
    const keeper = new Keeper(loan, {
      ...{ margin: MARGIN, step: null, maximum: null },
      onDeadline: (ms) => guard.until(ms),
      warn: () => undefined,
    });
    try {
      const child = await started(given, environmentOf(loan, url, marker));
      guard.watch(child.pid!, true);
      return await watched(child, marker, { loan, timeout, signal });
    } finally {
      keeper.stop();
      guard.done();
    }
  };
}

function environmentOf(loan: Loan, url: string, marker: string) {
  const variables = variablesOf(loan, url);
  return { ...childEnvironment(callerEnvironment(), variables, false), [marker]: '1' };
}

/** Errors: ToolError `invalid` if it cannot be started. */
async function started(
  { command, directory, input = '' }: RunGiven,
  env: Record<string, string | undefined>,
): Promise<ChildProcess> {
  const [program = '', ...words] = command;
  try {
    const child = withInheritedUmask(() =>
      spawn(program, words, { env, cwd: directory, stdio: 'pipe', detached: true }),
    );
    await once(child, 'spawn');
    // It may have ended without reading.
    child.stdin.on('error', () => undefined).end(input);
    return child;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new ToolError('invalid', `${program} cannot be started (${code ?? message}).`);
  }
}

interface Watched {
  loan: Loan;
  /** In ms. */
  timeout: number;
  signal: AbortSignal;
}

async function watched(
  child: ChildProcess,
  marker: string,
  { loan, timeout, signal }: Watched,
): Promise<Ran> {
  const secrets = secretsOf(loan.resources);
  const [out, err] = [child.stdout!, child.stderr!].map((stream) => {
    const kept = new BoundedOutput(secrets, MOST_OUTPUT);
    stream.on('data', (part: Buffer) => kept.add(part));
    return kept;
  }) as [BoundedOutput, BoundedOutput];
  const family = new Family(marker, child.pid!, true);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, 'close');
  const endedBecause = await ending(exited, { loan, timeout, signal });
  await family.end(endedBecause === 'loan_lost' ? GRACE_WHEN_LOST : GRACE);
  const [code, name] = await exited;
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LINGER).unref())]);
  const [stdout, stderr] = [out.read(), err.read()];
  child.stdout!.destroy();
  child.stderr!.destroy();
  return {
    exitCode: code ?? codeOf(name),
    endedBecause,
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: stdout.truncated || stderr.truncated,
  };
}

/** Resolves with the reason for which the command ends, as soon as there is one. */
async function ending(
  exited: Promise<unknown>,
  { loan, timeout, signal }: Watched,
): Promise<Because> {
  const over = new AbortController();
  const { promise, resolve } = Promise.withResolvers<Because>();
  const on = (from: AbortSignal, because: Because) => {
    const act = () => resolve(because);
    if (from.aborted) act();
    else from.addEventListener('abort', act, { signal: over.signal });
  };
  on(signal, 'cancelled');
  on(loan.signal, 'loan_lost');
  const timer = setTimeout(() => resolve('timeout'), timeout);
  void exited.then(() => resolve('itself'));
  const because = await promise;
  clearTimeout(timer);
  over.abort();
  return because;
}
