import { readdir, readFile } from 'node:fs/promises';
import { hasVariable, parseStat } from '../../proc/stat';

/**
 * The variable by which the processes of one call are known, even if they leave its process group.
 */
export const MARKER = 'HOLDFAST_CALL';

/** Pause between two looks, in ms. */
const LOOK_EVERY = 10;
/** How many times SIGKILL is sent; a process may fork while we look. */
const MOST_KILLS = 100;

/** The processes of one call: their marker, and the leader of their group, if that is ours. */
export interface Processes {
  marker: string;
  pid: number | null;
}

/** Sends a signal to a process group; 0 only looks. Returns whether any process is left in it. */
export function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Ends all processes of a call: SIGTERM, and SIGKILL to those that are left after `graceMs`
 * milliseconds. It finds those that left the group by their marker, where there is a /proc, unless
 * they cleared their environment as well, or run as another user.
 */
export async function endProcesses(processes: Processes, graceMs: number): Promise<void> {
  const until = performance.now() + graceMs;
  let left = await signalAll(processes, 'SIGTERM');
  while (left && performance.now() < until) {
    await pause(LOOK_EVERY);
    left = await signalAll(processes, 0);
  }
  for (let kills = 0; left && kills < MOST_KILLS; kills += 1) {
    left = await signalAll(processes, 'SIGKILL');
    if (left) await pause(LOOK_EVERY);
  }
}

/** Returns whether any process may be left. */
async function signalAll({ marker, pid }: Processes, signal: NodeJS.Signals | 0): Promise<boolean> {
  const inGroup = pid !== null && signalGroup(pid, signal);
  const { marked, unclear } = await markedBy(marker);
  for (const each of marked) signalOne(each, signal);
  return inGroup || marked.length > 0 || unclear;
}

function signalOne(pid: number, signal: NodeJS.Signals | 0): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * The pids of all processes with this marker in the environment with which they were started, and
 * whether there may be more of them: one cannot tell in the middle of an execve.
 */
async function markedBy(marker: string): Promise<{ marked: number[]; unclear: boolean }> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const marks = await Promise.all(pids.map((pid) => hasMarker(pid, marker)));
  return {
    marked: pids.filter((_pid, index) => marks[index] === true),
    unclear: marks.includes('unclear'),
  };
}

async function hasMarker(pid: number, marker: string): Promise<boolean | 'unclear'> {
  try {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
    if (environment !== '') return hasVariable(environment, `${MARKER}=${marker}\0`);
    const { hasEnvironment } = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1'));
    return hasEnvironment && 'unclear';
  } catch {
    // It has ended, or belongs to another user.
    return false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The groups that this thread has started and that still run. */
const running = new Set<number>();
let isWatched = false;

/** Remembers a group until `forget`, so that it ends with this thread, however that ends. */
export function remember(pid: number): void {
  running.add(pid);
  if (isWatched) return;
  isWatched = true;
  process.once('exit', () => running.forEach((each) => signalGroup(each, 'SIGKILL')));
}

/** Forgets a group that has ended. */
export function forget(pid: number): void {
  running.delete(pid);
}
