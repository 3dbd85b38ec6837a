import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ConfigError } from './config-error';

/** How often to look for threads that have begun since; ms. */
const LOOK_EVERY = 2_000;

const run = promisify(execFile);

/** Processors as `taskset` and /proc/self/status write them: `0,2-3`. */
interface Shares {
  /** For the thread that answers. */
  first: string;
  /** For all others. */
  others: string;
}

/** Shares out the processors that a process may run on; null where that is one only. */
export function shareOut(allowed: string): Shares | null {
  const processors = allowed.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index);
  });
  return processors.length < 2
    ? null
    : { first: String(processors[0]), others: processors.slice(1).join(',') };
}

/**
 * Gives this process's first thread a processor of its own, and the others to all other threads:
 * some schedulers leave two busy threads on one processor while another idles. By `taskset`
 * (util-linux), because Node has no call for it.
 */
export class ThreadBinding {
  private bound: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | null = null;

  private constructor(private readonly shares: Shares) {}

  /**
   * Changes nothing yet. Errors: ConfigError where there is one processor only, no Linux, or no
   * `taskset`.
   */
  static async prepare(): Promise<ThreadBinding> {
    const allowed = allowedHere();
    const shares = shareOut(allowed);
    if (!shares) throw new ConfigError('BIND_THREADS: this process may run on one processor only.');
    // As it is already: this only tries whether it may.
    await taskset('-apc', allowed, String(process.pid)).catch(() => {
      throw new ConfigError(
        'BIND_THREADS: needs the command taskset, of util-linux, and leave to use it.',
      );
    });
    return new ThreadBinding(shares);
  }

  /**
   * Binds the threads that there are, and those to come soon after they begin. What fails is told
   * of, and tried again.
   */
  async begin(failed: (error: unknown) => void): Promise<void> {
    await this.look().catch(failed);
    this.timer = setInterval(() => void this.look().catch(failed), LOOK_EVERY).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const threads = readdirSync('/proc/self/task');
    if (threads.every((thread) => this.bound.has(thread))) return;
    // All of them first: who is begun by a thread has the processors of that one.
    await taskset('-apc', this.shares.others, String(process.pid));
    await taskset('-pc', this.shares.first, String(process.pid));
    this.bound = new Set(threads);
  }
}

function allowedHere(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  } catch {
    throw new ConfigError('BIND_THREADS: is known on Linux only.');
  }
}

async function taskset(...words: string[]): Promise<void> {
  await run('taskset', words);
}
