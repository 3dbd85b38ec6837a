import { readFileSync } from 'node:fs';

/** How much of a process is in memory, in MB; Linux tells. */
export function residentMb(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/**
 * Ticks of the clock by which Linux counts, a second: the same on every architecture that Node runs
 * on.
 */
const TICKS = 100;

/** Processor time that everything on this machine has used since it began, in seconds. */
export function machineSeconds(): number {
  // proc(5): user, nice, system, idle, iowait, irq, softirq, steal; guests are counted among the
  // users.
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n')[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user! + nice! + system! + irq! + softirq! + steal!) / TICKS;
}

/** Processor time that a process has used since it began, in seconds. */
export function processorSeconds(pid: number): number {
  // Fields after the name, which may hold spaces: proc(5), utime is the 14th and stime the 15th of
  // all.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}
