import type { Store } from '../../store/store';
import type { Job } from './jobs';

/** Receives reports about a job's passes. */
export interface PassLog {
  /** `written`: rows that this thread wrote during the pass; 0: there was nothing to do. */
  passed: (fields: { written: number; ms: number }) => void;
  failed: (error: unknown) => void;
}

/** A job looks again at least this often, whatever it expects; ms. */
const LONGEST_PAUSE = 1_000;

/**
 * The longest rest of a busy job, since each of its calls that ends makes room for the next; ms.
 */
const BUSY_REST = 50;

/** How often a job says that it is alive; ms. */
const HEARTBEAT_EVERY = 5_000;

/**
 * Runs passes until the signal aborts. After each it rests if the job asks for that, then sleeps
 * until something changes, the next due time comes or a second has passed. A failed pass is logged,
 * and the next one comes after the longest pause. At the end it waits for work under way.
 */
export async function runJobLoop(
  name: string,
  job: Job,
  store: Store,
  signal: AbortSignal,
  log: PassLog | ((error: unknown) => void),
): Promise<void> {
  const { passed, failed } =
    typeof log === 'function' ? { passed: () => undefined, failed: log } : log;
  const bell = new Bell();
  const stopListening = store.onChange(() => {
    job.changed?.();
    bell.ring();
  }, 'work');
  const cancel = () => bell.ring();
  signal.addEventListener('abort', cancel);
  for (let heartbeatAt = 0, seen = store.rowsWritten(); !signal.aborted;) {
    try {
      bell.reset();
      const [begun, before] = [performance.now(), store.rowsWritten()];
      const due = await job.runOnce();
      passed({ written: store.rowsWritten() - before, ms: Math.round(performance.now() - begun) });
      const isBusy = store.rowsWritten() !== seen;
      if (performance.now() >= heartbeatAt) {
        await store.beat(name);
        heartbeatAt = performance.now() + HEARTBEAT_EVERY;
      }
      seen = store.rowsWritten();
      if (job.rest) await bell.pause(isBusy ? Math.min(job.rest, BUSY_REST) : job.rest, signal);
      await bell.wait(
        Math.min(LONGEST_PAUSE, due === null ? LONGEST_PAUSE : Math.max(0, due - store.now())),
      );
    } catch (error) {
      failed(error);
      await bell.pause(LONGEST_PAUSE, signal);
    }
  }
  signal.removeEventListener('abort', cancel);
  stopListening();
  await job.idle();
}

/** Remembers a ring that comes before anybody waits. */
class Bell {
  private rung = false;
  private answer: (() => void) | null = null;

  ring(): void {
    this.rung = true;
    this.answer?.();
  }

  reset(): void {
    this.rung = false;
  }

  wait(ms: number): Promise<void> {
    if (this.rung) return Promise.resolve();
    return this.sleep(ms);
  }

  /** Sleeps `ms`, through rings but not through the signal. */
  async pause(ms: number, signal: AbortSignal): Promise<void> {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && !signal.aborted; left = Math.max(0, end - performance.now()))
      await this.sleep(left);
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.answer?.(), ms);
      this.answer = () => {
        clearTimeout(timer);
        this.answer = null;
        resolve();
      };
    });
  }
}
