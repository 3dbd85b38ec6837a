import Bree from 'bree';
import { assets } from './assets';
import { JOB_NAMES, type JobLog } from './service/jobs';
import type { WorkerSettings } from './worker';

/** How long a job may take to stop before its thread is ended, in ms. */
const STOP_DEADLINE = 10_000;
/** A job that died is started again after this long, in ms. */
const RESTART_AFTER = 1_000;

/** Room for what is soon garbage: V8 would take three times as much in each thread and keep it. */
const JOB_MEMORY = { maxYoungGenerationSizeMb: 12 };

/** The jobs of a process, each in a worker thread of its own. */
export interface Scheduler {
  start(): Promise<void>;
  /** Asks the jobs to finish, and ends those that do not within the deadline. */
  stop(): Promise<void>;
}

/**
 * Runs every job by Bree. A job stays up: it waits for what is due by itself. Bree starts it, tells it to stop
 * (`cancel`), and its timer finds it running or, if it died, starts it again.
 */
export function createScheduler(settings: WorkerSettings, log: JobLog): Scheduler {
  const jobs = [...JOB_NAMES, ...(settings.backup ? ['backup'] : [])];
  const bree = new Bree({
    root: false,
    logger: false,
    errorHandler: (error: unknown, meta: { name?: string }) => log.error({ err: error, job: meta?.name }, 'job failed'),
    workerMessageHandler: () => undefined,
    worker: { workerData: settings },
    // A path that holds one of = & % # and the like would else be evaluated as source.
    jobs: jobs.map((name) => ({ name, path: assets.job(name), timeout: 0, interval: RESTART_AFTER, worker: { eval: false, resourceLimits: JOB_MEMORY, workerData: { ...settings, job: name } } })),
  });
  return {
    start: () => bree.start(),
    stop: async () => {
      const stopped = bree.stop().then(() => true);
      const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), STOP_DEADLINE).unref());
      if (await Promise.race([stopped, late])) return;
      log.error({ jobs: [...bree.workers.keys()] }, 'jobs did not stop in time and were ended');
      await Promise.all([...bree.workers.values()].map((worker) => worker.terminate()));
    },
  };
}
