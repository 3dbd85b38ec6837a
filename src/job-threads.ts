import Bree from 'bree';
import type { ResourceLimits } from 'node:worker_threads';
import { assets } from './assets';
import { JobRestarts } from './job-restarts';
import { JOB_NAMES, type JobLog } from './service/jobs/jobs';
import type { Tallied } from './metrics/tally';
import type { WorkerSettings } from './worker';

/** How long a job may take to stop before its thread is terminated, in ms. */
const STOP_DEADLINE = 10_000;

/** How a job's thread differs from others; see `DEFAULTS`. */
interface ThreadOptions {
  /**
   * The young generation of its heap, in MB. V8 would take 48 for each thread and keep them. A
   * larger one helps a job that has much under way at once, because that is copied when it fills up.
   */
  youngMb: number;
  /** Borrowers wait for it: it loads with the machine to itself, before the other jobs. */
  first: boolean;
  /** Woken at once by every commit; other jobs may notice one a little later. */
  prompt: boolean;
}

/** For a job that calls no driver and does little at a time. */
const DEFAULTS: ThreadOptions = { youngMb: 6, first: false, prompt: false };

const THREADS: Readonly<Record<string, Partial<ThreadOptions>>> = {
  expire: { first: true },
  reconcile: { first: true, prompt: true, youngMb: 16 },
};

/**
 * The old generation of each heap, in MB: far more than a job ever holds. Close to a limit, V8
 * collects when the heap is half as large again as its live objects; far from one, only at four
 * times their size.
 */
const OLD_MB = 512;

function optionsOf(job: string): ThreadOptions {
  return { ...DEFAULTS, ...THREADS[job] };
}

function heapOf(job: string): { resourceLimits: ResourceLimits } {
  return {
    resourceLimits: {
      maxYoungGenerationSizeMb: optionsOf(job).youngMb,
      maxOldGenerationSizeMb: OLD_MB,
    },
  };
}

/** The jobs of a process, each in a worker thread of its own. */
export interface Scheduler {
  start(): Promise<void>;
  /** Asks the jobs to finish, and terminates those that miss the deadline. */
  stop(): Promise<void>;
}

/**
 * Runs every job with Bree. A job reports that it is `up`, stays up, and waits by itself for its
 * next due time. Bree starts it and tells it to stop (`cancel`); `JobRestarts` has one that died
 * started again. `onTallied` gets what the threads measure, if they do.
 */
export function createScheduler(
  settings: WorkerSettings,
  log: JobLog,
  onTallied: (tallied: Tallied) => void = () => undefined,
): Scheduler {
  const jobs = [...JOB_NAMES, ...(settings.backup ? ['backup'] : [])];
  const [first, rest] = [true, false].map((when) =>
    jobs.filter((job) => optionsOf(job).first === when),
  ) as [string[], string[]];
  const awaited = new Set(first);
  let stopping = false;
  const cameUp = (name: string) => {
    if (!awaited.delete(name) || awaited.size > 0 || stopping) return;
    for (const other of rest)
      bree
        .start(other)
        .catch((error: unknown) => log.error({ err: error, job: other }, 'job failed'));
  };
  const bree: Bree = new Bree({
    root: false,
    logger: false,
    errorHandler: (error: unknown, { name }: { name: string }) => restarts.onError(name, error),
    workerMessageHandler: ({ name, message }: { name: string; message: unknown }) =>
      message === 'up' ? cameUp(name) : onTallied(message as Tallied),
    worker: { workerData: settings },
    // Otherwise Bree evaluates a path that contains = & % # or the like as source.
    jobs: jobs.map((name) => ({
      name,
      path: assets.job(name),
      timeout: 0,
      worker: {
        eval: false,
        ...heapOf(name),
        workerData: { ...settings, job: name, prompt: optionsOf(name).prompt },
      },
    })),
  });
  const restarts = new JobRestarts((job) => void bree.run(job), log);
  bree.on('worker created', restarts.onCreated);
  bree.on('worker deleted', restarts.onEnded);
  return {
    start: async () => {
      for (const job of first) await bree.start(job);
    },
    stop: async () => {
      stopping = true;
      restarts.stop();
      const stopped = bree.stop().then(() => true);
      const late = new Promise<boolean>((resolve) =>
        setTimeout(() => resolve(false), STOP_DEADLINE).unref(),
      );
      if (await Promise.race([stopped, late])) return;
      log.error(
        { jobs: [...bree.workers.keys()] },
        'jobs did not stop in time and were terminated',
      );
      await Promise.all([...bree.workers.values()].map((worker) => worker.terminate()));
    },
  };
}
