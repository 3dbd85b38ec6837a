import type { Engine } from '../engine';
import type { KeptFor } from '../installation/housekeeping';
import type { Drivers } from '../lifecycle/drivers';
import type { Sender } from '../webhooks/sender';

/** Everything that a job may use. */
export interface JobContext {
  engine: Engine;
  drivers: Drivers;
  /** Names this worker's claims. */
  worker: string;
  log: JobLog;
  /** How long ended records are kept; RETENTION by default. */
  keptFor?: KeptFor;
  /** Makes what calls webhooks, when the first of them is to be called. */
  sender?: () => Promise<Sender>;
}

export interface JobLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/**
 * A job: acts on everything that is due, whenever something changes or its time comes. Each runs in
 * a thread of its own (src/job-threads.ts, src/worker.ts), in the loop of job-loop.ts.
 */
export interface Job {
  /** Makes one pass; returns when the next is due (epoch ms), null to wait for the next change. */
  runOnce(): Promise<number | null>;
  /** Resolves when this job has nothing under way. */
  idle(): Promise<void>;
  /** Is called at every change that may be work, also while a pass is under way. */
  changed?: () => void;
  /**
   * How long the job rests after a pass, even if something changes, unless it is busy; ms, none by
   * default. Nobody needs these jobs to the millisecond, and each of their passes takes the
   * processor from jobs that somebody is waiting for.
   */
  rest?: number;
}
