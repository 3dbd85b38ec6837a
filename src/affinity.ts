import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ConfigError } from './config-error';

/** How often to look for new threads, in ms. */
const CHECK_EVERY = 2_000;

const run = promisify(execFile);

/** Processors as `taskset` and /proc/self/status write them: `0,2-3`. */
interface Shares {
  /** For the main thread, which answers requests. */
  first: string;
  /** For all others. */
  others: string;
}

/** Divides the processors that a process may run on; null if there is only one. */
export function divide(allowed: string): Shares | null {
  const processors = allowed.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index);
  });
  return processors.length < 2
    ? null
    : { first: String(processors[0]), others: processors.slice(1).join(',') };
}

/**
 * Gives this process's main thread a processor of its own and leaves the rest to the other threads:
 * some schedulers keep two busy threads on one processor while another idles. Uses `taskset`
 * (util-linux), because Node has no API for it.
 */
export class ThreadBinding {
  private bound: ReadonlySet<string> = new Set();
  private timer: NodeJS.Timeout | null = null;

  private constructor(private readonly shares: Shares) {}

  /**
   * Checks that threads can be bound, and changes nothing yet. Errors: ConfigError if there is only
   * one processor, no Linux, or no `taskset`.
   */
  static async prepare(): Promise<ThreadBinding> {
    const allowed = allowedHere();
    const shares = divide(allowed);
    if (!shares) throw refusal('needs two processors; this process may use only one.');
    // Sets what is set already, only to see whether it is permitted.
    await taskset('-apc', allowed, String(process.pid)).catch(() => {
      throw refusal('needs the command taskset (util-linux) and permission to use it.');
    });
    return new ThreadBinding(shares);
  }

  /**
   * Binds all present threads, and new ones within seconds of their start. `failed` gets every
   * error; the next check tries again.
   */
  async begin(failed: (error: unknown) => void): Promise<void> {
    await this.check().catch(failed);
    this.timer = setInterval(() => void this.check().catch(failed), CHECK_EVERY).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async check(): Promise<void> {
    const threads = readdirSync('/proc/self/task');
    if (threads.every((thread) => this.bound.has(thread))) return;
    // All threads first, because a new thread inherits the processors of the one that started it.
    await taskset('-apc', this.shares.others, String(process.pid));
    await taskset('-pc', this.shares.first, String(process.pid));
    this.bound = new Set(threads);
  }
}

function allowedHere(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  } catch {
    throw refusal('works on Linux only.');
  }
}

function refusal(message: string): ConfigError {
  return ConfigError.of('BIND_THREADS', message);
}

async function taskset(...words: string[]): Promise<void> {
  await run('taskset', words);
}
