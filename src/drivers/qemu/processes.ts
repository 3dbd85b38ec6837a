import { readFile, readdir, stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { parseStat } from '../../proc/stat';
import { DriverError } from '../driver';
import { pause, requireTime } from './faults';

const PROCESSES = '/proc';
/** Pause between two looks at a process that was killed, in ms. */
const LOOK_EVERY = 5;
/** The most looks at one that shows no command line. */
const MOST_LOOKS = 20;

/** A process, with the time of its start: a number that is used again names another one. */
export interface Process {
  pid: number;
  /** In clock ticks since the machine started. */
  startedAt: string;
  arguments: string[];
}

/**
 * This user's processes with an argument that `isWanted` accepts. A guest is found by what stands in
 * its command line, so nothing has to have been written down about it. Errors: DriverError where
 * there is no list of processes.
 */
export async function processesWith(isWanted: (argument: string) => boolean): Promise<Process[]> {
  const entries = await readdir(PROCESSES).catch((cause: unknown) => {
    throw new DriverError('backend', 'Virtual machines need Linux, with /proc.', { cause });
  });
  const ids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(ids.map(read));
  return all.filter((each) => each !== null && each.arguments.some(isWanted)) as Process[];
}

/**
 * Kills a process and waits until it is gone. No error if it is gone already. Errors: DriverError
 * if it is still there at the deadline.
 */
export async function kill(process_: Process, signal: AbortSignal): Promise<void> {
  while (await isSame(process_)) {
    requireTime(signal, 'end a virtual machine');
    try {
      process.kill(process_.pid, 'SIGKILL');
    } catch {
      // It ended just now.
    }
    await pause(LOOK_EVERY, signal);
  }
}

async function isSame({ pid, startedAt }: Process): Promise<boolean> {
  return (await read(pid))?.startedAt === startedAt;
}

/** null if the process is gone, a zombie, or another user's. */
async function read(pid: number): Promise<Process | null> {
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const found = await readOnce(pid).catch(() => null);
    if (found !== 'unclear') return found;
    await setTimeout(LOOK_EVERY);
  }
  return null;
}

/** `unclear` in the middle of an execve, when the command line reads empty. */
async function readOnce(pid: number): Promise<Process | 'unclear' | null> {
  const directory = `${PROCESSES}/${pid}`;
  if ((await stat(directory)).uid !== process.getuid?.()) return null;
  const line = await readFile(`${directory}/cmdline`, 'utf8');
  const { start, isZombie, hasEnvironment } = parseStat(
    await readFile(`${directory}/stat`, 'latin1'),
  );
  if (line === '') return hasEnvironment ? 'unclear' : null;
  return isZombie ? null : { pid, startedAt: start, arguments: line.split('\0') };
}
