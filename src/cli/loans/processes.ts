import { readdirSync, readFileSync } from 'node:fs';
import { hasVariable, statOf, type ProcessStat } from '../../proc/stat';

/** Pause between two looks, in ms. */
const LOOK_EVERY = 20;
/** The most looks after SIGKILL: a process that the kernel cannot end must not hold us for ever. */
const MOST_KILLS = 250;

/** A process as /proc shows it. */
export interface ProcessRow extends ProcessStat {
  pid: number;
}

/** The marks by which processes are ours: known ones by their start, a group, an environment. */
export interface Marks {
  known: ReadonlyMap<number, string>;
  group: number | null;
  isMarked: (pid: number) => boolean;
}

/**
 * Gives the live processes that are known, belong to the group, bear the mark, or descend from one
 * that does.
 */
export function membersOf(rows: readonly ProcessRow[], marks: Marks): ProcessRow[] {
  const members = new Set(rows.filter((row) => isMember(row, marks)).map(({ pid }) => pid));
  for (let before = -1; before < members.size;) {
    before = members.size;
    for (const { pid, parent } of rows) if (members.has(parent)) members.add(pid);
  }
  return rows.filter(({ pid, isZombie }) => members.has(pid) && !isZombie);
}

function isMember({ pid, group, start }: ProcessRow, { known, ...marks }: Marks): boolean {
  return known.get(pid) === start || group === marks.group || marks.isMarked(pid);
}

/** All processes of this machine; null where there is no /proc. */
export function readProcesses(): ProcessRow[] | null {
  const pids = pidsIn('/proc');
  return pids && pids.map(rowOf).filter((row) => row !== null);
}

function pidsIn(folder: string): number[] | null {
  try {
    const pids = readdirSync(folder).filter((name) => /^\d+$/.test(name));
    return pids.length === 0 ? null : pids.map(Number);
  } catch {
    return null;
  }
}

function rowOf(pid: number): ProcessRow | null {
  const stat = statOf(pid);
  return stat && { pid, ...stat };
}

/**
 * Whether a process has `marker` as a variable in its environment; `unclear` in the middle of an
 * execve.
 */
export function isMarkedBy(marker: string, pid: number): boolean | 'unclear' {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    if (environment !== '') return hasVariable(environment, `${marker}=`);
    return statOf(pid)?.hasEnvironment ? 'unclear' : false;
  } catch {
    // It has ended, or belongs to another user.
    return false;
  }
}

/**
 * The processes that came of one command: the command itself, its group if that is not ours, its
 * descendants, and every process that has `marker` as a variable in its environment, wherever it
 * went. Those escape that cleared their environment, left the group and lost their parent unseen, or
 * that go on in one new session after the other, faster than anybody can look.
 * Without a /proc, it is the group, or else the command alone.
 */
export class Family {
  private readonly known = new Map<number, string>();
  private readonly group: number | null;
  /** In the last look some process could not be told, because it was in the middle of an execve. */
  private isUnclear = false;

  constructor(
    private readonly marker: string,
    private readonly pid: number,
    ownsGroup: boolean,
  ) {
    this.group = ownsGroup ? pid : null;
    this.look();
  }

  /** The pids of those that are alive now; without a /proc, a number that signals them. */
  look(): number[] {
    const rows = readProcesses();
    if (rows === null) return this.isAlive() ? [this.address] : [];
    this.isUnclear = false;
    const members = membersOf(rows, {
      known: this.known,
      group: this.groupIn(rows),
      isMarked: (pid) => this.isMarked(pid),
    });
    for (const { pid, start } of members) this.known.set(pid, start);
    return members.map(({ pid }) => pid);
  }

  /** Sends a signal to all of them; gives how many there were. */
  signal(signal: NodeJS.Signals): number {
    const pids = this.look();
    for (const pid of pids) send(pid, signal);
    return pids.length;
  }

  /**
   * Ends all of them: SIGTERM, and SIGKILL to those that are left after `graceMs` milliseconds,
   * until none is left. Gives how many there were.
   */
  async end(graceMs: number): Promise<number> {
    const until = performance.now() + graceMs;
    const count = this.signal('SIGTERM');
    // A stopped process takes no SIGTERM.
    if (count > 0) this.signal('SIGCONT');
    while (performance.now() < until && this.mayLive(this.look().length)) await pause();
    for (let kills = 0; kills < MOST_KILLS; kills += 1) {
      if (!this.mayLive(this.signal('SIGKILL'))) break;
      await pause();
    }
    return count;
  }

  private mayLive(found: number): boolean {
    return found > 0 || this.isUnclear;
  }

  private isMarked(pid: number): boolean {
    const isMarked = isMarkedBy(this.marker, pid);
    if (isMarked === 'unclear') this.isUnclear = true;
    return isMarked === true;
  }

  /** The number of our group; null once somebody else has got it. */
  private groupIn(rows: readonly ProcessRow[]): number | null {
    const leader = rows.find(({ pid }) => pid === this.group);
    const start = this.known.get(this.pid);
    return leader && start !== undefined && leader.start !== start ? null : this.group;
  }

  /** A signal to this number reaches the group, or else the command. */
  private get address(): number {
    return this.group === null ? this.pid : -this.group;
  }

  private isAlive(): boolean {
    try {
      return process.kill(this.address, 0);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM';
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile, or belongs to another user.
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
}
