import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { DriverError } from '../driver';
import { endProcesses, forget, MARKER, remember, signalGroup } from './processes';

/** The exit status that says that the back end as a whole is at fault: EX_TEMPFAIL of sysexits. */
const BACKEND_STATUS = 75;
/** How long processes outside the group may hold the pipes after the program has ended, in ms. */
const PIPES_HELD = 250;

/** A program to run, and its surroundings. */
export interface ProgramRun {
  argv: readonly string[];
  env: Record<string, string>;
  cwd: string;
  /** Marks the processes of this call. */
  marker: string;
  input: string;
  /** The most bytes of stdout. */
  limit: number;
  graceMs: number;
  signal: AbortSignal;
  /** Called before the program gets its input; false keeps that back, and ends the program. */
  onStart: (pid: number) => boolean;
  onStderr: (chunk: Buffer) => void;
}

/**
 * Runs a program in a process group of its own, and gives its stdout. When this ends, so has the
 * program with its group; after a failure, so have the processes that left the group. Errors:
 * DriverError: `backend` if the program cannot be started or says so (status 75), else `resource`.
 */
export async function runProgram(run: ProgramRun): Promise<Buffer> {
  const child = await start(run);
  const pid = child.pid!;
  remember(pid);
  const output = new Output(run.limit);
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const exited = eventOf<[number | null, NodeJS.Signals | null]>(child, 'exit');
  const closed = eventOf(child, 'close');
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined); // It need not read its input.
  child.stderr.on('data', run.onStderr);
  child.stdout.on('data', (chunk: Buffer) => {
    if (!output.take(chunk)) stop.abort(tooMuch(run));
  });
  try {
    if (!run.onStart(pid)) throw superseded();
    child.stdin.end(run.input);
    const [status, ended] = await orStopped(exited, signal);
    signalGroup(pid, 'SIGKILL');
    await within(PIPES_HELD, orStopped(closed, signal));
    await output.settled();
    if (status === 0) return output.all();
    throw failure(run, status, ended);
  } catch (error) {
    await endProcesses({ marker: run.marker, pid }, run.graceMs);
    throw run.signal.aborted ? stoppedLate(error, run) : error;
  } finally {
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    forget(pid);
  }
}

async function start(run: ProgramRun): Promise<ChildProcessWithoutNullStreams> {
  const [program = '', ...args] = run.argv;
  const env = { ...run.env, [MARKER]: run.marker };
  try {
    const child = spawn(program, args, { cwd: run.cwd, env, detached: true });
    await once(child, 'spawn');
    return child;
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new DriverError('backend', `${program} cannot be started in ${run.cwd} (${code}).`, {
      cause: error,
    });
  }
}

/** Resolves with the arguments of an event of the child; never rejects. */
function eventOf<T>(child: ChildProcessWithoutNullStreams, name: string): Promise<T> {
  return new Promise((resolve) => child.once(name, (...args) => resolve(args as T)));
}

/** The bytes of stdout, up to a limit. */
class Output {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly limit: number) {}

  /** Keeps a chunk; false if it is too much. */
  take(chunk: Buffer): boolean {
    this.size += chunk.length;
    if (this.size <= this.limit) this.chunks.push(chunk);
    return this.size <= this.limit;
  }

  /** Waits until nothing more is there to be read: a busy thread may be behind. */
  async settled(): Promise<void> {
    for (let before = -1; before !== this.size;) {
      before = this.size;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  all(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** Errors: the reason of the signal, as soon as it aborts. */
async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped, work]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Waits for `work`, but no longer than `ms` milliseconds. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  try {
    await Promise.race([over, work]);
  } finally {
    clearTimeout(timer);
  }
}

const named = ({ argv }: ProgramRun) => argv[0] ?? '';

function tooMuch(run: ProgramRun): DriverError {
  return new DriverError('resource', `${named(run)} printed more than ${run.limit / 1_024} KiB.`);
}

function failure(run: ProgramRun, status: number | null, signal: string | null): DriverError {
  const scope = status === BACKEND_STATUS ? 'backend' : 'resource';
  const how = signal ? `was ended by ${signal}` : `ended with status ${status}`;
  return new DriverError(scope, `${named(run)} ${how}; its stderr is in the log.`);
}

/** A call came late: a later one has taken over its resource. */
export function superseded(): DriverError {
  return new DriverError('resource', 'A later call has taken over this resource.');
}

/** The closing of the driver, and some deadlines, say themselves why the program was stopped. */
function stoppedLate(error: unknown, run: ProgramRun): DriverError {
  if (error instanceof DriverError) return error;
  return new DriverError('resource', `${named(run)} was stopped at the deadline.`, {
    cause: error,
  });
}
