import { readdirSync, readFileSync } from 'node:fs';

/** Pause between two looks, in ms. */
const LOOK_EVERY = 20;
/** The most looks after SIGKILL: a process that the kernel cannot end must not hold us for ever. */
const MOST_KILLS = 250;
/** Fields of /proc/PID/stat after the name in brackets, counted from 0. */
const STATE = 0;
const PARENT = 1;
const GROUP = 2;
const START = 19;

/** A process as /proc shows it. `start` tells it from a later one with the same number. */
export interface ProcessRow {
  pid: number;
  parent: number;
  group: number;
  start: string;
  /** It has ended, and its parent has not asked for its exit code. */
  isZombie: boolean;
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
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      pid,
      parent: Number(fields[PARENT]),
      group: Number(fields[GROUP]),
      start: fields[START] ?? '',
      isZombie: fields[STATE] === 'Z' || fields[STATE] === 'X',
    };
  } catch {
    return null;
  }
}

function isMarkedBy(marker: string, pid: number): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${marker}=`);
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
    const members = membersOf(rows, {
      known: this.known,
      group: this.groupIn(rows),
      isMarked: (pid) => isMarkedBy(this.marker, pid),
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
    while (performance.now() < until && this.look().length > 0) await pause();
    for (let kills = 0; kills < MOST_KILLS && this.signal('SIGKILL') > 0; kills += 1) await pause();
    return count;
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
