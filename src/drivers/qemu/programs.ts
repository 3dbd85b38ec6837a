import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DriverError } from '../driver';
import { machineFault, onMachine, pause, requireTime } from './faults';
import { stateOf } from './monitor';

/** Programs get no more of the environment than they need to find their own. */
export const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
/** Pause between two looks whether QEMU has made its sockets, in ms. */
const LOOK_EVERY = 5;
const LONGEST_MESSAGE = 300;
export const LOG = 'log';

/** QEMU ended before the guest could start. */
export class StartError extends DriverError {}

/**
 * Runs `qemu-img` in `folder`. Errors: DriverError (backend), with the program's own message: its
 * arguments come from the pools file.
 */
export function runImageTool(
  program: string,
  args: string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, env: ENVIRONMENT, signal, killSignal: 'SIGKILL' } as const;
    execFile(program, args, options, (error, _out, message) => {
      if (!error) return resolve();
      reject(
        typeof error.code === 'number'
          ? new DriverError('backend', said(program, message), { cause: error })
          : machineFault(error, `run ${program}`),
      );
    });
  });
}

/**
 * Starts QEMU in `folder`, in a session of its own: it goes on if this process ends. Returns once
 * the guest has begun. Errors: StartError with the end of QEMU's log, else a DriverError.
 */
export async function startQemu(
  program: string,
  args: string[],
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  requireTime(signal, 'start a virtual machine');
  const path = join(folder, LOG);
  const log = await onMachine('write a log', () => openSync(path, 'w', 0o600));
  const options = { cwd: folder, env: ENVIRONMENT, detached: true } as const;
  let ended: DriverError | undefined;
  try {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', log] });
    child.once('error', (error) => (ended = machineFault(error, `run ${program}`)));
    child.once('exit', () => {
      ended ??= new StartError('backend', said(program, textOf(path)));
    });
    child.unref();
  } catch (error) {
    throw machineFault(error, `run ${program}`);
  } finally {
    closeSync(log);
  }
  while (!(await answers(folder, signal))) {
    if (ended) throw ended;
    requireTime(signal, 'start a virtual machine');
    await pause(LOOK_EVERY, signal);
  }
}

/**
 * The monitor takes connections and greets early on, in a thread of its own. Its answers come from
 * the main loop, which runs once nothing more can go wrong.
 */
function answers(folder: string, signal: AbortSignal): Promise<boolean> {
  return stateOf(folder, signal).then(
    () => true,
    () => false,
  );
}

/** The log may be gone with its guest. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** The end of what a program wrote, as one line. */
function said(program: string, message: string): string {
  const lines = message.trim().split('\n').join(' ').slice(-LONGEST_MESSAGE);
  return `${program} failed: ${lines || 'it gave no reason'}`;
}
