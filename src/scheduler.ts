import Bree from 'bree';
import type { ResourceLimits } from 'node:worker_threads';
import { assets } from './assets';
import { JOB_NAMES, type JobLog } from './service/jobs/jobs';
import type { WorkerSettings } from './worker';

/** How long a job may take to stop before its thread is ended, in ms. */
const STOP_DEADLINE = 10_000;
/** A job that died is started again after this long, in ms. */
const RESTART_AFTER = 1_000;

/**
 * How large the heap of a job may be, in MB. Young: what is soon garbage, of which V8 would take 48
 * and keep them; what is under way when it is full is copied, which costs who does many things at
 * once, and hardly anybody else. Old: far more than a job ever holds; but against a near limit V8
 * lets a heap grow to half as much again as lives in it before it collects, and otherwise to four
 * times that.
 */
const YOUNG: Readonly<Record<string, number>> = { reconcile: 48, verify: 12, rotate: 12 };
/** For those that call no driver and do little at a time. */
const LITTLE = 6;

function heapOf(job: string): { resourceLimits: ResourceLimits } {
  return {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG[job] ?? LITTLE, maxOldGenerationSizeMb: 512 },
  };
}

/**
 * Whoever borrowed waits for these: they have the machine to themselves while they load, and the
 * others follow.
 */
const FIRST: readonly string[] = ['expire', 'reconcile'];

/** The jobs of a process, each in a worker thread of its own. */
export interface Scheduler {
  start(): Promise<void>;
  /** Asks the jobs to finish, and ends those that do not within the deadline. */
  stop(): Promise<void>;
}

/**
 * Runs every job by Bree. A job stays up: it says so (`up`), and waits for what is due by itself.
 * Bree starts it, tells it to stop (`cancel`), and its timer finds it running or, if it died,
 * starts it again.
 */
export function createScheduler(settings: WorkerSettings, log: JobLog): Scheduler {
  const jobs = [...JOB_NAMES, ...(settings.backup ? ['backup'] : [])];
  const awaited = new Set(FIRST);
  let stopping = false;
  const cameUp = (name: string) => {
    if (!awaited.delete(name) || awaited.size > 0 || stopping) return;
    for (const other of jobs.filter((job) => !FIRST.includes(job)))
      bree
        .start(other)
        .catch((error: unknown) => log.error({ err: error, job: other }, 'job failed'));
  };
  const bree: Bree = new Bree({
    root: false,
    logger: false,
    errorHandler: (error: unknown, meta: { name?: string }) =>
      log.error({ err: error, job: meta?.name }, 'job failed'),
    workerMessageHandler: ({ name, message }: { name: string; message: unknown }) =>
      message === 'up' && cameUp(name),
    worker: { workerData: settings },
    // A path that holds one of = & % # and the like would else be evaluated as source.
    jobs: jobs.map((name) => ({
      name,
      path: assets.job(name),
      timeout: 0,
      interval: RESTART_AFTER,
      worker: { eval: false, ...heapOf(name), workerData: { ...settings, job: name } },
    })),
  });
  return {
    start: async () => {
      for (const job of FIRST) await bree.start(job);
    },
    stop: async () => {
      stopping = true;
      const stopped = bree.stop().then(() => true);
      const late = new Promise<boolean>((resolve) =>
        setTimeout(() => resolve(false), STOP_DEADLINE).unref(),
      );
      if (await Promise.race([stopped, late])) return;
      log.error({ jobs: [...bree.workers.keys()] }, 'jobs did not stop in time and were ended');
      await Promise.all([...bree.workers.values()].map((worker) => worker.terminate()));
    },
  };
}
