import type { JobLog } from './service/jobs/jobs';
import { restartAfter, type Restart } from './service/jobs/restarts';

/** Starts the threads of jobs again that ended although nobody asked them to. */
export class JobRestarts {
  private readonly begun = new Map<string, number>();
  private readonly errors = new Map<string, unknown>();
  private readonly last = new Map<string, Restart>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopping = false;

  /** `start` begins the thread of a job. */
  constructor(
    private readonly start: (job: string) => void,
    private readonly log: JobLog,
  ) {}

  /** Notes that the thread of a job begins. */
  readonly onCreated = (job: string): void => {
    this.begun.set(job, performance.now());
    this.errors.delete(job);
  };

  /** Notes why a thread fails. Bree tells twice; the first time has the error that ended it. */
  onError(job: string, error: unknown): void {
    if (!this.errors.has(job)) this.errors.set(job, error);
  }

  /** Notes that the thread of a job has ended. */
  readonly onEnded = (job: string): void => {
    const err = this.errors.get(job);
    if (this.stopping) {
      if (err !== undefined) this.log.error({ err, job }, 'job failed');
      return;
    }
    const lived = performance.now() - this.begun.get(job)!;
    const restart = restartAfter(this.last.get(job), lived, String(err));
    this.last.set(job, restart);
    if (restart.isNews) this.log.error({ err, job, restartAfterMs: restart.pause }, 'job failed');
    this.timers.set(job, setTimeout(() => this.start(job), restart.pause).unref());
  };

  /** Starts nothing any more. */
  stop(): void {
    this.stopping = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }
}
