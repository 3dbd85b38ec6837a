import { statSync } from 'node:fs';
import { join } from 'node:path';
import { machineSeconds, processorSeconds, residentMb } from '../proc';
import type { Book } from './book';
import type { Rows } from './rows';

export interface Sample {
  /** ms since the load began. */
  at: number;
  window: number;
  residentMb: number;
  /** The database's file, its log, and both of the simulated back ends. */
  databaseMb: number;
  logMb: number;
  simulatedMb: number;
  /**
   * Processor time of the server, and of all that goes on beside it and this script, in seconds
   * since whenever.
   */
  processor: number;
  others: number;
}

const EVERY = 2_000;
/** Counting reads a lot: not at every look. */
const COUNT_EVERY = 10;

/** Looks at the process and its files every two seconds, and now and then counts rows. */
export class Samples {
  readonly all: Sample[] = [];
  /** Rows by table, by window; those of the warm-up are left out. */
  readonly rows: Record<string, number>[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly book: Book,
    private readonly pid: number,
    private readonly dataDir: string,
    private readonly database: Rows,
  ) {
    this.timer = setInterval(() => this.look(), EVERY);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  of(window: number): Sample[] {
    return this.all.filter((sample) => sample.window === window);
  }

  private look(): void {
    const window = this.book.window();
    const processor = processorSeconds(this.pid);
    this.all.push({
      at: this.book.now(),
      window,
      residentMb: residentMb(this.pid),
      databaseMb: megabytes(join(this.dataDir, 'holdfast.db')),
      logMb: megabytes(join(this.dataDir, 'holdfast.db-wal')),
      simulatedMb:
        megabytes(join(this.dataDir, 'simulated.db')) +
        megabytes(join(this.dataDir, 'simulated.db-wal')),
      processor,
      others: machineSeconds() - processor - processorSeconds(process.pid),
    });
    // The last count of a window stays.
    if (window >= 0 && this.all.length % COUNT_EVERY === 0)
      this.rows[window] = this.database.counts();
  }
}

function megabytes(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
}
