/** Gives ms since some moment; only goes on, never jumps, and counts the sleep of the machine. */
export type Clock = () => number;

/** Starts and stops timers; `setTimeout` and `clearTimeout` of the platform by default. */
export interface Timers {
  setTimeout(run: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** The part of `process` that is needed, where there is one. */
interface Process {
  getBuiltinModule?: (name: string) => { uptime: () => number } | undefined;
}

/** A difference of the two clocks that is no sleep yet, in ms: some tell whole seconds only. */
const UNEVEN = 1_000;

/**
 * The clock of this machine. `performance.now()` alone stands still while many systems sleep, so a
 * second clock tells how long that was: the uptime under Node, Deno and Bun; elsewhere the wall
 * clock, where a jump forward looks like sleep.
 */
export function systemClock(): Clock {
  const { process } = globalThis as { process?: Process };
  const os = process?.getBuiltinModule?.('node:os');
  return sleepless(() => performance.now(), os ? () => os.uptime() * 1000 : () => Date.now());
}

/**
 * Gives `steady` and the sleep that it did not count: whatever `second` is ahead of it. A
 * `second` that falls back changes nothing.
 */
export function sleepless(steady: Clock, second: Clock): Clock {
  const difference = second() - steady();
  let slept = 0;
  return () => {
    const now = steady();
    const ahead = second() - now - difference;
    if (ahead > slept + UNEVEN) slept = ahead;
    return now + slept;
  };
}

export const systemTimers: Timers = {
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/**
 * Waits for `ms`. Rejects with the reason of `signal` once that aborts.
 */
export function sleep(timers: Timers, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = () => {
      timers.clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = timers.setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
