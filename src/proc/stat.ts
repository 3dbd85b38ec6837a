import { readFileSync } from 'node:fs';

/** A process as /proc/PID/stat shows it; proc_pid_stat(5) says what the fields are. */
export interface ProcessStat {
  parent: number;
  group: number;
  /**
   * Start time, in clock ticks since the machine started. With the pid, it names a process for
   * good.
   */
  start: string;
  /** It has ended, and its parent has not asked for its exit code. */
  isZombie: boolean;
  /** False for kernel threads, the dead, and those that were started with an empty environment. */
  hasEnvironment: boolean;
}

/** Reads the text of /proc/PID/stat. The name, in parentheses, may hold anything. */
export function parseStat(text: string): ProcessStat {
  // The state is field 3 of all.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => fields[number - 3] ?? '';
  const isZombie = field(3) === 'Z' || field(3) === 'X';
  const hasMemory = field(23) !== '0';
  // end_code is set once the environment has been laid out; env_start is env_end while it is.
  const hasEmptyEnvironment = field(27) !== '0' && field(50) === field(51);
  return {
    parent: Number(field(4)),
    group: Number(field(5)),
    start: field(22),
    isZombie,
    hasEnvironment: hasMemory && !isZombie && !hasEmptyEnvironment,
  };
}

/** null if there is no such process, or no /proc. */
export function statOf(pid: number): ProcessStat | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return null;
  }
}

/**
 * Whether the text of /proc/PID/environ has a variable that begins with `start`: `NAME=`, or all of
 * it with its final NUL. In the middle of execve(2) the text is empty: if the stat that is read after
 * it says that the process has an environment, one has to look again.
 */
export function hasVariable(environment: string, start: string): boolean {
  return `\0${environment}`.includes(`\0${start}`);
}
